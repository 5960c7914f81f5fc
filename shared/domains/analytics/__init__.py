"""Analytics: counts of what happened, kept as it happens, and answers made of them."""
