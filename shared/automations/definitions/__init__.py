"""Definitions: what an automation says, checked piece by piece, and where it is stored."""
