"""Activity: what a user sees happened."""
