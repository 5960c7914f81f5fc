"""Scripts that build the models which the repository carries."""
