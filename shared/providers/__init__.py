"""Clients of outside services, a folder for each kind: a protocol, and a file for each vendor."""
