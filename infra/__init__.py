"""Tools that bundle the product, run it locally, measure it and describe its API."""
