"""How the product is deployed, run locally and measured."""
