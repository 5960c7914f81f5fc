"""Checks of the repository: secrets in its files, and advisories on the packages that it pins."""
