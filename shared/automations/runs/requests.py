"""Request bodies and queries of the executions' routes."""

from typing import Annotated

from pydantic import Field

from shared.automations.runs.models import ExecutionStatus
from shared.kit.schema import Id, Input, Metadata


class RunInput(Input):
    """`document_id` names a document of the collection that the trigger watches, a prospect where it watches none;
    `input` adds to its fields, or is all that the run is given."""

    input: Metadata = {}
    document_id: Id | None = None


class ExecutionQuery(Input):
    status: ExecutionStatus | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 50
    cursor: str | None = None
