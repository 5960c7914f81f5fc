"""Transport: the only importer of flask and functions_framework."""
