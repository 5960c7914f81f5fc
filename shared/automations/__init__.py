"""The engine: automations, what starts them, what they do, and how they complete exactly once. See README.md."""
