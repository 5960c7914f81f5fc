"""Research: questions put to the web, and the insights that came back."""
