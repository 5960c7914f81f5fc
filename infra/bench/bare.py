"""A manifest of the same pipeline with empty handlers, to measure the transport alone."""

from functions.manifest import FUNCTIONS as PRODUCT
from functions.spec import DocumentWritten, FunctionSpec, Topic
from infra.bench import handlers

_SERVED = ("health", "prospects", "automations")

FUNCTIONS = (
    *(spec for spec in PRODUCT if spec.name in _SERVED),
    FunctionSpec("bare_written", handlers.__name__, DocumentWritten("users/{uid}/prospects/{id}")),
    FunctionSpec("bare_run", handlers.__name__, Topic("automation-steps")),
)
