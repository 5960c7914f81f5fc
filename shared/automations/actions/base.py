"""What an action is: settings, and a function from a step's context to its outcome."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from shared.automations.models import Execution
from shared.domains import personas
from shared.domains.personas import Persona
from shared.domains.prospects import service as prospects
from shared.domains.prospects.models import Prospect
from shared.errors import AppError, Invalid
from shared.gcp.writes import Write
from shared.kit import clock
from shared.kit.ids import derived_id
from shared.kit.schema import Cause, Entity, Input
from shared.store.repository import Repository

M = TypeVar("M", bound=Entity)
C = TypeVar("C", bound=Input)


@dataclass(frozen=True)
class Done:
    """The step is complete; its output is there for later steps."""

    message: str
    output: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Wait:
    """The step is complete once the time has come."""

    until: datetime
    message: str


@dataclass(frozen=True)
class Effect:
    """Something is to leave the system: it is claimed in the ledger, performed, then recorded.

    `claim` is committed with the intent, before anything leaves. `perform` gets a key that is the
    same however often this step is tried (for providers that take an idempotency key), and raises
    Ambiguous where it cannot know whether it went out. `find` asks the provider what became of the
    key after a crash: None says that it provably never went out. Without it a person has to say.
    """

    channel: str
    recipient: str
    perform: Callable[[str], Done]
    claim: Sequence[Write] = ()
    find: Callable[[str], Done | None] | None = None
    preview: dict[str, Any] = field(default_factory=dict)


Outcome = Done | Wait | Effect


@dataclass
class RunMemo:
    """What the steps of one invocation share, so that each reads it at most once."""

    persona: Persona | None = None
    persona_read: bool = False
    refused: AppError | None = None  # the store refused the step's effects: it fails with this

    def take_refusal(self) -> AppError | None:
        refused, self.refused = self.refused, None
        return refused


@dataclass
class StepContext:
    """What an action may use. Its effects are collected here and committed with the step's record."""

    execution: Execution
    step: str
    memo: RunMemo
    effects: list[Write] = field(default_factory=list)

    @property
    def uid(self) -> str:
        return self.execution.user_id

    @property
    def cause(self) -> Cause:
        event = self.execution.event
        return Cause(
            automation_id=self.execution.automation_id,
            execution_id=self.execution.id,
            step=self.step,
            depth=event.depth,
        )

    def new_document(self, kind: str) -> dict[str, Any]:
        """The fields every entity needs; the id is derived, so the step makes it only once."""
        now = clock.now()
        id = derived_id(self.execution.id, self.step, kind)
        return {"id": id, "user_id": self.uid, "created_at": now, "updated_at": now, "cause": self.cause}

    def create(self, repository: Repository[M], entity: M) -> None:
        self.effects.append(repository.to_create(entity))

    def update(self, repository: Repository[Any], id: str, **fields: Any) -> None:
        stamp = {"updated_at": clock.now(), "cause": self.cause.model_dump()}
        self.effects.append(repository.to_update(self.uid, id, {**fields, **stamp}))

    def persona(self) -> Persona | None:
        """The user's default persona: read by the first step that asks."""
        if not self.memo.persona_read:
            self.memo.persona, self.memo.persona_read = personas.find_default(self.uid), True
        return self.memo.persona

    def prospect(self, id: str | None = None) -> Prospect:
        """The prospect this execution is about: one read. Raises Invalid where there is none."""
        found = id or self.prospect_id()
        if not found:
            raise Invalid("This step needs a prospect; name one as prospect_id or use a trigger about prospects.")
        return prospects.repository.get(self.uid, found)

    def prospect_id(self) -> str | None:
        event = self.execution.event
        return event.document_id if event.collection == "prospects" else event.data.get("prospect_id")


@dataclass(frozen=True)
class Action(Generic[C]):
    name: str
    title: str
    config: type[C]
    run: Callable[[StepContext, C], Outcome]
