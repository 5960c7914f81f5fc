"""What a trigger is: the documents it watches, its settings, and when a change fires it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from shared.automations.models import Expression
from shared.domains.changes import Change
from shared.kit.schema import Input


class TriggerConfig(Input):
    """Settings every trigger has: `filter` is a CEL expression over `before` and `after`."""

    filter: Expression | None = None


C = TypeVar("C", bound=TriggerConfig)


def never(change: Change) -> bool:
    return False


def always(change: Change, config: Any) -> bool:
    return True


@dataclass(frozen=True)
class Trigger(Generic[C]):
    """`concerns` looks at the change alone and costs nothing; `fires` also sees an automation's settings."""

    name: str
    title: str
    config: type[C]
    collection: str | None = None
    concerns: Callable[[Change], bool] = never
    fires: Callable[[Change, C], bool] = field(default=always)
