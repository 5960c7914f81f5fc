"""The system log: what went wrong or well behind the scenes."""
