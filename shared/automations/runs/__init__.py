"""Runs: executions, where they are stored, and how they are created, woken and handed to a runner."""
