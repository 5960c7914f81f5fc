"""Analyses of prospects: scored by the configured generator, or uploaded by a person from a model of their own."""
