"""The same work on up to ten thousand documents of a user: begun by one call, done in pieces, each item once."""
