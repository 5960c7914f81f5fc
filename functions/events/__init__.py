"""One function a source collection: what follows when a document is written."""
