"""What a trigger is: the documents it watches, its settings, and when a change fires it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Generic, TypeAlias, TypeVar

from pydantic import Field

from shared.automations.definitions.condition_cost import Expression
from shared.automations.definitions.documents import Reference, references_by_name
from shared.kit.schema import Input
from shared.store.changes import Change


class TriggerConfig(Input):
    """Settings every trigger has: `filter` is a CEL expression over `before` and `after`."""

    filter: Annotated[Expression | None, Field(examples=["after.status == 'replied'"])] = None


C = TypeVar("C", bound=TriggerConfig)


def never(change: Change) -> bool:
    return False


def always(change: Change, config: Any) -> bool:
    return True


def follows_any(config: Any, step: Mapping[str, Any]) -> bool:
    return True


@dataclass(frozen=True)
class Trigger(Generic[C]):
    """What starts automations. Beside what it watches, a trigger may say:

    * `concerns`: looks at the change alone and costs nothing; `fires` also sees an automation's settings;
    * `consequence`: the change is the system's own, and follows from the document as it was made: what made the
      document is then the cause of the event;
    * `may_follow`: whether a step with these settings, whose action writes what is watched, may fire it (among them
      are the fields that the action `sets` of itself);
    * `references`: the documents that its settings name, looked for when the automation is activated;
    * `aliases`: other names under which definitions are accepted.
    """

    name: str
    title: str
    config: type[C]
    collection: str | None = None
    concerns: Callable[[Change], bool] = never
    fires: Callable[[Change, C], bool] = field(default=always)
    consequence: bool = False
    may_follow: Callable[[C, Mapping[str, Any]], bool] = field(default=follows_any)
    references: Callable[[Mapping[str, Any]], Iterable[Reference]] = field(default=references_by_name)
    aliases: tuple[str, ...] = ()

    def cause(self, change: Change) -> Mapping[str, Any] | None:
        """The engine step that the event goes back to; None where a person made it happen."""
        return change.made_by if self.consequence else change.cause


AnyTrigger: TypeAlias = Trigger[Any]  # one of the registry, of settings that its own `config` names
