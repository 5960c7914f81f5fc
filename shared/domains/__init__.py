"""What users own, one noun a module: its models, its repository, its service."""
