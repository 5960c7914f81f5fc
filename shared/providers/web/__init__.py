"""The web: fetched through one guarded door."""
