"""Content: what is worked out about a prospect, and every text that is written for the user."""
