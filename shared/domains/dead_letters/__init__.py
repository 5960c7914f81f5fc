"""Dead letters: messages, document events and tasks that were given up, kept for operators."""
