"""Pure building blocks: no I/O, nothing of ours imported."""
