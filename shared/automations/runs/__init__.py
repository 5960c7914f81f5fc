"""Runs: what an execution is, where it is stored, and how it is created, woken and handed to a runner."""
