"""Content: what is worked out about a prospect and written to one."""
