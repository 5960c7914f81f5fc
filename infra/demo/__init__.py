"""Demonstrates the product's main use on the local stack."""
