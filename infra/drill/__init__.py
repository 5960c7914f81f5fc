"""The restore drill: a backup is restored into another store, compared, and the work that was under way goes on."""
