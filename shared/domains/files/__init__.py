"""Files: documents that a user gave us to read, in passages that can be found."""
