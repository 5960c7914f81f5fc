"""Example requests: a body for every operation that takes one, published with the API's description.

A text such as `$prospect_id` stands for the id of a document that the sender owns.
"""

from collections.abc import Callable, Mapping
from typing import Any

from infra.examples import automations, batch, knowledge, outreach, prospects, workspace

# By operation, such as `POST /api/prospects`: a JSON body, or the text of a file.
EXAMPLES: dict[str, Any] = {
    f"{method} {path}": body
    for table in (automations.TABLE, batch.TABLE, prospects.TABLE, outreach.TABLE, knowledge.TABLE, workspace.TABLE)
    for operations, body in table.items()
    for methods, path in [operations.split(" ")]
    for method in methods.split("|")
}


def with_texts(template: Any, change: Callable[[str], str]) -> Any:
    """Apply `change` to every text of a template."""
    if isinstance(template, Mapping):
        return {name: with_texts(value, change) for name, value in template.items()}
    if isinstance(template, list):
        return [with_texts(value, change) for value in template]
    return change(template) if isinstance(template, str) else template
