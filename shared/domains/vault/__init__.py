"""The knowledge vault: what a user knows, from research and by hand."""
