"""Firestore-triggered functions, one for each source collection."""
