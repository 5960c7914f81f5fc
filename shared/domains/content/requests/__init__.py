"""The texts that a user requests through /api/content: any kind, product requirements, micro tools, research briefs."""
