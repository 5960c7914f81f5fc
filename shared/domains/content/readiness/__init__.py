"""Checks that find what is unfinished in a text before it is sent: placeholders, wrong salutations, missing values."""
