"""Outside services, one folder a kind: a protocol, and a file for each vendor."""
