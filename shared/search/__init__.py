"""Searches a user's documents: an index of packed segments in the store, scored in memory."""
