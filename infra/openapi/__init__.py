"""OpenAPI 3.1 from the routes themselves: `python -m infra openapi` writes functions/openapi.json.

Written ahead, so that serving it imports no domain; a test holds the file against the code. `texts` describes the
fields.
"""

from infra.openapi.document import FILE, document, fields, routes, text, write

__all__ = ["FILE", "document", "fields", "routes", "text", "write"]
