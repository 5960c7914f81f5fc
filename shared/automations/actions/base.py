"""What a step may come to, and what it may use."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from shared.automations.actions.caches import Caches, NotYetStored
from shared.automations.runs.models import Execution
from shared.domains.personas import service as personas
from shared.domains.personas.models import Persona
from shared.domains.prospects import service as prospects
from shared.domains.prospects.models import Prospect
from shared.errors import Invalid
from shared.gcp.writes import Write
from shared.kit import clock
from shared.kit.ids import derived_id
from shared.kit.schema import Cause, Entity
from shared.store.repository import Repository

M = TypeVar("M", bound=Entity)


@dataclass(frozen=True)
class Done:
    """The step is complete; its output is there for later steps."""

    message: str
    output: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Wait:
    """The step is suspended, at no cost, until the time has come or its action's `resume` answers an outcome.

    People see the `details` with the wait; later steps see them as its output meanwhile.
    """

    until: datetime | None
    message: str
    kind: str = "time"
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Again:
    """The step is tried again at that time; this is no failure. `notices` are written with that."""

    at: datetime
    reason: str
    notices: Sequence[Write] = ()
    rule: str = "step"  # of the contact governor, where that says so


@dataclass(frozen=True)
class Jump:
    """The step is complete, and the run goes into one of the step's blocks: `count` times, from its first item."""

    entry: int
    message: str
    output: dict[str, Any] = field(default_factory=dict)
    count: int | None = None


@dataclass(frozen=True)
class Effect:
    """Something is to leave the system: it is claimed in the ledger, performed, then recorded.

    `claim` is committed with the intent, before anything leaves. `perform` gets a key that is the
    same however often this step is tried (for providers that take an idempotency key), and raises
    Ambiguous where it cannot know whether it went out. `find` asks the provider what became of the
    key after a crash: None says that it provably never went out; it raises Untraceable where the provider
    will never tell. Without it, and then, a person is asked at once.
    """

    channel: str
    recipient: str
    perform: Callable[[str], Done]
    claim: Sequence[Write] = ()
    find: Callable[[str], Done | None] | None = None
    preview: dict[str, Any] = field(default_factory=dict)
    message_id: str | None = None  # the outreach message that leaves, for its lineage
    prior: str | None = None  # the message's status before, which it has again if it is held back


Outcome = Done | Wait | Again | Jump | Effect


@dataclass
class StepContext:
    """What an action may use. Its effects are collected here and committed with the step's record."""

    execution: Execution
    step: str  # with the items' numbers within loops
    now: datetime  # when this attempt began
    caches: Caches = field(default_factory=Caches)
    unstored: Collection[str] = frozenset()  # the documents that the commit under way changes
    imagined: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # in a dry run, what would be stored
    stop_when: Sequence[str] = ()  # states of the prospect in which the run ends, or the one that waits for it
    variables: Mapping[str, Any] = field(default_factory=dict)
    authored: Mapping[str, Any] = field(default_factory=dict)  # the step's settings before placeholders are filled
    settings: Mapping[str, Any] = field(default_factory=dict)  # and after that, if they could be
    effects: list[Write] = field(default_factory=list)
    started: list[Execution] = field(default_factory=list)  # executions among the effects, to be handed over
    dry: bool = False  # a dry run: nothing is written, sent or paid, and people are taken to have agreed

    @property
    def uid(self) -> str:
        return self.execution.user_id

    @property
    def cause(self) -> Cause:
        event, parent = self.execution.event, self.execution.parent
        return Cause(
            automation_id=parent.automation_id if parent and parent.works_for else self.execution.automation_id,
            execution_id=self.execution.id,
            step=self.step,
            depth=event.depth,
        )

    def new_document(self, kind: str) -> dict[str, Any]:
        """The fields every entity needs; the id is derived, so the step makes it only once."""
        now = clock.now()
        again = self.execution.generation  # taken up again, a step that had waited begins anew
        id = derived_id(self.execution.id, self.step, kind, *([str(again)] if again else []))
        return {"id": id, "user_id": self.uid, "created_at": now, "updated_at": now, "cause": self.cause}

    @property
    def claimed(self) -> bool:
        """Whether the step's outside effect was claimed by an earlier attempt: it is not claimed twice."""
        intent = self.execution.intent
        return intent is not None and intent.key == self.step

    @property
    def in_doubt(self) -> bool:
        """Whether the step's outside effect may have left already."""
        return self.claimed and bool(self.execution.intent and self.execution.intent.pending)

    @property
    def postponed_since(self) -> datetime | None:
        """Since when the step is tried again and again, as what it needs is not there yet."""
        result = self.execution.results.get(self.step.partition("[")[0])
        return result.since if result and result.status == "waiting" else None

    def create(self, store: Repository[M], entity: M) -> None:
        """Store a new entity with the step's record."""
        self.effects.append(store.to_create(entity))

    def update(self, store: Repository[Any], id: str, **fields: Any) -> None:
        """Change fields of a document with the step's record."""
        stamp = {"updated_at": clock.now(), "cause": self.cause.model_dump()}
        self._stored(store.path(self.uid, id))
        self.effects.append(store.to_update(self.uid, id, {**fields, **stamp}))

    def change(self, store: Repository[M], entity: M, **fields: Any) -> None:
        """Like `update`, of an entity that was read: with what belongs into the same commit."""
        stamp = {"updated_at": clock.now(), "cause": self.cause.model_dump()}
        self._stored(store.path(self.uid, entity.id))
        self.effects += store.to_change(entity, {**fields, **stamp})

    def read(self, store: Repository[M], id: str) -> M:
        """A document as it is after all earlier steps: one read. Raises NotFound."""
        path = store.path(self.uid, id)
        self._stored(path)
        imagined = self.imagined.get(path)
        if imagined is None:
            return store.get(self.uid, id)
        stored = {} if "created_at" in imagined else store.get(self.uid, id).stored()
        return store.model.model_validate({**stored, **imagined, "id": id, "user_id": self.uid})

    def _stored(self, path: str) -> None:
        if path in self.unstored:
            raise NotYetStored

    def output(self, step: str) -> dict[str, Any]:
        """What an earlier step of this run has left, whole: no read within one invocation."""
        return self.caches.output(self.execution, step, self.unstored)

    def persona(self, id: str | None = None) -> Persona | None:
        """The persona of that id, one read; else the user's default, read by the first step that asks."""
        return self.read(personas.repository, id) if id else self.caches.default_persona(self.uid)

    def prospect(self, id: str | None = None) -> Prospect:
        """The prospect of that id, else the run's: one read. Raises Invalid where there is none."""
        wanted = id or self.prospect_id()
        if not wanted:
            sentence = "This step needs a prospect; name one as prospect_id or use a trigger about prospects."
            raise Invalid.of("prospect_id", sentence)
        return self.read(prospects.repository, wanted)

    def prospect_id(self) -> str | None:
        """The id of the prospect that the run's event is about."""
        event = self.execution.event
        return event.document_id if event.collection == "prospects" else event.data.get("prospect_id")
