"""The common library: everything but transport."""
