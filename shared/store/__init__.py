"""Typed storage of what users own."""
