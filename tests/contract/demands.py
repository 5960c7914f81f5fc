"""A hook of Schemathesis: it sends no If-Match and no Idempotency-Key.

A version that no entity has is refused, and so is a key that was used before: both rightly, whatever the description
says of their form. tests/contract/test_entity_tags.py and tests/runtime/test_idempotency.py hold them to their words.
"""

from typing import Any

import schemathesis

_DEMANDS = {"#/components/parameters/IfMatch", "#/components/parameters/IdempotencyKey"}


@schemathesis.hook
def before_load_schema(context: schemathesis.HookContext, raw_schema: dict[str, Any]) -> None:
    for item in raw_schema["paths"].values():
        for operation in item.values():
            operation["parameters"] = [each for each in operation["parameters"] if each.get("$ref") not in _DEMANDS]
