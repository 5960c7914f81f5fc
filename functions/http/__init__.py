"""One HTTP function a domain: its routes."""
