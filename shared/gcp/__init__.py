"""The only importer of google.cloud: each client is made once, on first use."""
