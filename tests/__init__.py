"""The suite: mirrors the source. Real emulators, real HTTP, real processes."""
