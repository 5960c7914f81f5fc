"""Starts: document events, schedules, webhooks and people create executions, or answer those that wait."""
