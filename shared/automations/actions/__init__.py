"""Actions: what a step can do. Each is a module with an `ACTION`; `catalog/registry.py` lists them."""
