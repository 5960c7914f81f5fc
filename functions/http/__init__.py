"""HTTP functions, one for each domain, with its routes."""
