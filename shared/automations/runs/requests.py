"""Request bodies and queries of the executions' routes."""

from shared.kit.schema import Id, Input, Metadata


class RunInput(Input):
    """`document_id` names a document of the collection that the trigger watches, a prospect where it watches none;
    `input` adds to its fields, or is all that the run is given."""

    input: Metadata = {}
    document_id: Id | None = None
