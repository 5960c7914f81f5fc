"""The voices in which a user's outreach is written."""
