"""Pure building blocks: no I/O, and no import from the rest of the repository."""
