"""The generators that write a brief's text: a language model where one is configured, else local rules."""
