"""Questions answered from the knowledge vault and the files in it."""
