"""Where the models that the repository carries come from."""
