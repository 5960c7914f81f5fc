"""Webhooks: addresses of a user's own that are called when something happens, and each call's delivery."""
