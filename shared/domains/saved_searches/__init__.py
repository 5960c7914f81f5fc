"""Searches that a user keeps: run again, counted, and watched for new matches."""
