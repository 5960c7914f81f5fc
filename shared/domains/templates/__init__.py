"""Texts with placeholders that are filled again and again."""
