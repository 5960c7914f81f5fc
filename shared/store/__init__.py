"""Typed storage of users' documents."""
