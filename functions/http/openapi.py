"""/api/openapi.json: the API's own description, written ahead by infra/openapi."""

import json
from functools import cache
from pathlib import Path

from shared import settings
from shared.runtime.static import text_function

_FILE = Path(__file__).parent.parent / "openapi.json"


@cache
def _description(*, token_optional: bool) -> str:
    """The file; on the local stack with what holds only there: without a token one is the development user."""
    text = _FILE.read_text()
    if not token_optional:
        return text
    description = json.loads(text)
    description["security"] = [{"idToken": []}, {}]
    return json.dumps(description)


openapi = text_function(
    "openapi",
    "/api/openapi.json",
    lambda: _description(token_optional=settings.current().local),
    "application/json",
)
