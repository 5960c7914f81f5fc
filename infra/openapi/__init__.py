"""Generates OpenAPI 3.1 from the routes: `python -m infra openapi` writes functions/openapi.json.

Generated ahead, so that serving it imports no domain; a test compares the file with the code. `texts` describes the
fields.
"""

from infra.openapi.document import FILE, document, fields, routes, text, write

__all__ = ["FILE", "document", "fields", "routes", "text", "write"]
