"""Google Cloud clients, and the only importer of google.cloud; each client is created once, on first use."""
