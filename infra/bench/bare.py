"""A manifest of the same pipeline with empty handlers, and of functions that read alone, to measure the transport
without the product."""

from functions.manifest import FUNCTIONS as PRODUCT
from functions.spec import DocumentWritten, FunctionSpec, Http, Topic
from infra.bench import bare_reads, handlers

_SERVED = ("health", "prospects", "automations", "chat", "compact_search")

FUNCTIONS = (
    *(spec for spec in PRODUCT if spec.name in _SERVED),
    FunctionSpec("bare_reads", bare_reads.__name__, Http(bare_reads.PATH)),
    FunctionSpec("bare_question", bare_reads.__name__, Http(bare_reads.QUESTION_PATH)),
    FunctionSpec("bare_written", handlers.__name__, DocumentWritten("users/{uid}/prospects/{id}")),
    FunctionSpec("bare_run", handlers.__name__, Topic("automation-steps")),
)
