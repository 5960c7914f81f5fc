"""Adapters from the platform's requests and events to handlers; the only importer of flask and functions_framework."""
