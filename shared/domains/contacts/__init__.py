"""Contacts: who may be written to, how often and when, whatever sends the message."""
