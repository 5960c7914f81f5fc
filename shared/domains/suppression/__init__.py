"""The suppression list, and what was sent to each address."""
