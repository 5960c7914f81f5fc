"""Playbooks: proven sequences of prompts that a user fills and runs; a library, favourites and stored runs."""
