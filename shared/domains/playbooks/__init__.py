"""Playbooks: tried sequences of prompts, filled with what a user wants to work on."""
