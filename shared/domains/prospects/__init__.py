"""Prospects: the people a user wants to reach."""
