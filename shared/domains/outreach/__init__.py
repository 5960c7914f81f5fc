"""Outreach: messages to prospects that a person, a generator or an automation drafts and sends."""
