"""What an action declares: the rest of the product asks it, and compares no action's name."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

from shared.automations.actions.base import Done, Outcome, StepContext, Wait
from shared.automations.definitions.declared import Block, Blocks
from shared.automations.definitions.documents import Reference, references_by_name
from shared.automations.runs.models import Execution, Waiting
from shared.gcp.writes import Write
from shared.kit import clock
from shared.kit.schema import Input

C = TypeVar("C", bound=Input)
Settings = Mapping[str, Any]  # a step's settings as they are stored: placeholders are not filled


@dataclass(frozen=True)
class Condition:
    """A CEL expression among a step's settings, and the setting that holds it."""

    field: str
    source: str


@dataclass(frozen=True)
class Awaited:
    """An event that a step waits for: a trigger's name, and the setting that holds it.

    `match` says which of these events count; without one, those about the run's own subject.
    """

    field: str
    event: str
    match: Condition | None = None


def when_due(context: StepContext, config: Any, waiting: Waiting, signals: Mapping[str, Any]) -> Outcome | None:
    """A wait for a time alone: complete once it has come."""
    return Done(waiting.message) if waiting.until and clock.now() >= waiting.until else None


def nothing(execution: Execution, *, failed: bool) -> Sequence[Write]:
    return ()


def no_blocks(config: Settings) -> Iterable[tuple[str, Block]]:
    return ()


def no_conditions(config: Settings) -> Iterable[Condition]:
    return ()


def no_events(config: Settings) -> Iterable[Awaited]:
    return ()


def no_automations(config: Settings) -> Iterable[str]:
    return ()


def no_output(wait: Wait) -> Mapping[str, Any]:
    return {}


class Release(Protocol):
    def __call__(self, execution: Execution, *, failed: bool) -> Sequence[Write]: ...


Resume = Callable[[StepContext, Any, Waiting, Mapping[str, Any]], Outcome | None]


@dataclass(frozen=True)
class Action(Generic[C]):
    """`run` performs a step. What an action may declare beside, each of which has a default:

    * `resume`: for an action that waits, asked at each wake-up with the signals since; None waits on;
    * `light`: it reads through its context alone and pays nobody, so it shares a commit with its neighbours;
    * `secrets`: settings that no reader sees and no record keeps, and that are stored encrypted;
    * `blocks`: the lists of steps within its settings, each with its field, in the order of `Jump.entry`;
    * `repeats`: its block is run for each item of the list in its output `items`; steps there see `item` and `index`;
    * `conditions`: CEL expressions among its settings;
    * `verbatim`: settings in which no placeholders are filled: expressions, and steps within;
    * `typed`: settings whose values are anything: what is nothing but one placeholder keeps its type in them;
    * `sets_variables`: its output is what later steps find as `vars`;
    * `awaits`: the events that it waits for; `starts`: the ids of the automations that it starts;
    * `references`: the documents that its settings name, looked for when the automation is activated;
    * `writes`: the triggers that its effects may fire, for the report of cycles; `sets`: fields that they get then,
      where no setting says so; `creates`: the collections of its new documents, which saved searches may find;
    * `channel`: by which its text would leave, where a dry run shows that the text is refused;
    * `rehearse`: the output that a dry run takes its wait to have;
    * `release`: what is written when a claimed outside effect does not leave: it has `failed`, or was held back;
    * `short_form`: its settings where a definition names it and says no more (`actions`), if it needs any;
    * `aliases`: other names under which definitions are accepted.
    """

    name: str
    title: str
    config: type[C]
    run: Callable[[StepContext, C], Outcome]
    resume: Resume = when_due
    light: bool = False
    secrets: frozenset[str] = frozenset()
    blocks: Blocks = no_blocks
    repeats: bool = False
    conditions: Callable[[Settings], Iterable[Condition]] = no_conditions
    verbatim: frozenset[str] = frozenset()
    typed: frozenset[str] = frozenset()
    sets_variables: bool = False
    awaits: Callable[[Settings], Iterable[Awaited]] = no_events
    starts: Callable[[Settings], Iterable[str]] = no_automations
    references: Callable[[Settings], Iterable[Reference]] = references_by_name
    writes: frozenset[str] = frozenset()
    creates: frozenset[str] = frozenset()
    sets: Mapping[str, Any] = field(default_factory=dict)
    channel: str = "notification"
    rehearse: Callable[[Wait], Mapping[str, Any]] = no_output
    release: Release = nothing
    short_form: Mapping[str, Any] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()


AnyAction: TypeAlias = Action[Any]  # any action of the registry: `config` is the class of its settings
