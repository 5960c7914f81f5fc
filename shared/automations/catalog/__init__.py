"""Catalog: lists every action and name that a definition may use, with schemas for a builder."""
