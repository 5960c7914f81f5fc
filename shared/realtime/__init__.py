"""Realtime: a user's stream of announcements, replayed and live, for any number of connections."""
