"""Outreach: messages to prospects, drafted by a person or by an automation."""
