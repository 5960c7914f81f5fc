"""Realtime: what is announced reaches every connection once, and in order."""
