"""Defines a trigger: the documents it watches, its settings, and which changes fire it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Annotated, Any, Generic, TypeAlias, TypeVar

from pydantic import Field

from shared.automations.definitions.condition_cost import Expression
from shared.automations.definitions.documents import Reference, references_by_name
from shared.automations.triggers.past import Past
from shared.kit.fields import ReadFields
from shared.kit.schema import Input
from shared.store.changes import Change


class TriggerConfig(Input):
    """Settings every trigger has: `filter` is a CEL expression over `before` and `after`."""

    filter: Annotated[Expression | None, Field(examples=["after.status == 'replied'"])] = None


C = TypeVar("C", bound=TriggerConfig)


def never(change: Change) -> bool:
    """Fires on no document change: the trigger has its own way to start automations."""
    return False


def always(change: Change, config: object) -> bool:
    """Fires on each change that `concerns` lets through, whatever the settings."""
    return True


def follows_any(config: object, step: ReadFields) -> bool:
    """Whether a step may fire the trigger: any step whose action writes what the trigger watches."""
    return True


@dataclass(frozen=True)
class Trigger(Generic[C]):
    """Starts automations. Beside the collection that it watches, a trigger may say:

    * `concerns`: whether a change may fire it, by the change alone, at no cost; `fires` also sees its settings;
    * `consequence`: the system itself makes the change, as a consequence of the document's creation: the event's
      cause is then the step that created the document;
    * `may_follow`: whether a step with these settings, whose action writes what the trigger watches, may fire it (the
      settings include the fields that the action `sets` of itself);
    * `references`: the documents that its settings name, which are looked up when the automation is activated;
    * `past`: where its events of a time that has passed are read from, for a backtest; without, the automation's own
      runs of that time tell of them;
    * `aliases`: other names under which definitions are accepted.
    """

    name: str
    title: str
    config: type[C]
    collection: str | None = None
    concerns: Callable[[Change], bool] = never
    fires: Callable[[Change, C], bool] = field(default=always)
    consequence: bool = False
    may_follow: Callable[[C, ReadFields], bool] = field(default=follows_any)
    references: Callable[[ReadFields], Iterable[Reference]] = field(default=references_by_name)
    past: Past | None = None
    aliases: tuple[str, ...] = ()

    def cause(self, change: Change) -> ReadFields | None:
        """The step that made the change, as stored in the document; None if a person made it."""
        return change.made_by if self.consequence else change.cause


AnyTrigger: TypeAlias = Trigger[Any]  # any trigger of the registry: `config` is the class of its settings
