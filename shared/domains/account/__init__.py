"""A user's account as a whole: its deletion, and the export of everything in it."""
