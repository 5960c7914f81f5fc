"""The examples of bodies as the document shows them: those of infra/examples, and further forms."""

from typing import Any

from infra.examples import EXAMPLES, with_texts
from shared.kit.ids import derived_id

# Further forms of a body, by operation and name.
FORMS: dict[str, dict[str, Any]] = {
    "POST /api/prospects": {
        "Many at once": {
            "prospects": [
                {"name": "Bruno Keller", "company": "Helvetia Instruments", "email": "bruno.keller@helvetia.example"},
                {
                    "name": "Chloe Martin",
                    "company": "Atelier Rivage",
                    "job_title": "Head of Marketing",
                    "tags": ["retail"],
                },
            ]
        }
    },
    "POST /api/contacts/suppressions": {"An address": {"email": "amara.okafor@northfield.example"}},
    "POST /api/automations": {
        "Short": {"name": "Draft a message", "trigger": "new_prospect_added", "actions": ["generate_outreach"]}
    },
}


def published(operation: str) -> dict[str, Any]:
    """An operation's `example`, or `examples` where its body has several forms; its ids are made up."""
    if operation not in EXAMPLES:
        raise LookupError(f"{operation} takes a body: give it an example in infra/examples")
    forms = {"Example": EXAMPLES[operation], **FORMS.get(operation, {})}
    shown = {
        name: with_texts(body, lambda text: derived_id(text) if text.startswith("$") else text)
        for name, body in forms.items()
    }
    if len(shown) == 1:
        return {"example": shown["Example"]}
    return {
        "examples": {f"form{n}": {"summary": name, "value": body} for n, (name, body) in enumerate(shown.items(), 1)}
    }
