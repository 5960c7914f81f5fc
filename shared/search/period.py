"""When what is looked for was made, as people send it."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from shared.kit.schema import Input, Instant

_OF_TIME = "Only documents of this time"


class Period(Input):
    """A span of time, both of whose ends belong to it."""

    since: Annotated[Instant | None, Field(alias="from", description=f"{_OF_TIME} or later. null: any.")] = None
    until: Annotated[Instant | None, Field(alias="to", description=f"{_OF_TIME} or before. null: any.")] = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.since and self.until and self.since > self.until:
            raise ValueError("from must not be after to")
        return self
