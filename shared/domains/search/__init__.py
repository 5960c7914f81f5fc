"""One search over all that a user has."""
