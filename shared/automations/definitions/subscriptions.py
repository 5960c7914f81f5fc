"""Stores subscriptions: for each user and trigger, the active automations and waiting steps that its events concern.

A document event therefore costs one read by id, however many automations the user owns. Webhooks are listed in the same
documents (shared/domains/webhooks/listing.py).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar

from pydantic import TypeAdapter, ValidationError

from shared import log
from shared.automations.definitions.models import Automation
from shared.automations.definitions.restrictions import Budget, Limits, Reentry
from shared.gcp import firestore, writes
from shared.gcp.firestore import Document
from shared.gcp.writes import DELETED, Write, field_path
from shared.kit.fields import Fields, ReadFields
from shared.store.changes import Change

T = TypeVar("T")
_REENTRY: TypeAdapter[Reentry] = TypeAdapter(Reentry)
Matches = Mapping[str, str | None]  # by waiting step, the condition that an event has to meet, if there is one


@dataclass(frozen=True)
class Ahead:
    """How many steps an execution begins with, and by scope the daily budgets that count them."""

    steps: int
    budgets: Mapping[str, Budget]

    @classmethod
    def load(cls, entry: ReadFields) -> Self:
        """Parses what an automation's entry says. Raises LookupError, TypeError, ValidationError."""
        budgets = {scope: Budget.model_validate(budget) for scope, budget in entry["budgets"].items()}
        return cls(int(entry["steps"]), budgets)

    def stored(self) -> Fields:
        budgets = {scope: budget.model_dump(exclude_none=True) for scope, budget in self.budgets.items()}
        return {"steps": self.steps, "budgets": budgets}


@dataclass(frozen=True)
class Listed:
    """An active automation, reduced to the fields that starting an execution takes."""

    name: str
    definition: int
    trigger_config: ReadFields
    eager: bool  # its runs may begin in the commit that creates them
    reentry: Reentry
    ahead: Ahead | None  # what each start reserves of its daily budgets
    held: bool  # its runs are stored, and begin when its pause is over

    @classmethod
    def load(cls, entry: ReadFields) -> Self:
        """Parses an automation's entry in a subscription document. Raises LookupError, TypeError, ValidationError."""
        name, definition = entry["name"], entry["definition"]
        if not isinstance(name, str) or not isinstance(definition, int):
            raise TypeError("an entry has a name and the number of a definition")
        return cls(
            name=name,
            definition=definition,
            trigger_config=entry["trigger_config"],
            eager=bool(entry.get("eager")),
            reentry=_REENTRY.validate_python(entry["reentry"]) if "reentry" in entry else "always",
            ahead=Ahead.load(entry["ahead"]) if "ahead" in entry else None,
            held=bool(entry.get("paused")),
        )


@dataclass(frozen=True)
class Awaiting:
    """The steps of an automation that wait for an event; `by_subject`: an execution waits for events of its subject
    alone."""

    steps: Matches
    definition: int | None = None  # the definition that `steps` are of; None where it was stored without
    by_subject: bool = True

    @classmethod
    def load(cls, steps: Matches, details: ReadFields) -> Self:
        """Parses an automation's waiting steps and their details in a subscription document."""
        matched = details.get("matched", any(match is not None for match in steps.values()))
        return cls(steps, details.get("definition"), by_subject=not matched)


@dataclass(frozen=True)
class Subscription:
    """One user's subscription document of one trigger or event."""

    automations: Mapping[str, Listed] = field(default_factory=dict)
    awaiting: Mapping[str, Awaiting] = field(default_factory=dict)  # by automation
    webhooks: Mapping[str, Sequence[str]] = field(default_factory=dict)  # by webhook, the events that it wants
    halted: bool = False  # the kill switch is on: nothing starts
    limited: bool = False  # limits hold for all of the user's automations: no run begins unasked

    @classmethod
    def load(cls, fields: ReadFields) -> Self:
        """Parses a subscription document."""
        details = fields.get("waits_of") or {}
        return cls(
            automations=dict(_readable(fields.get("automations"), lambda _, entry: Listed.load(entry))),
            awaiting=dict(
                _readable(fields.get("waits"), lambda id, steps: Awaiting.load(steps, details.get(id) or {}))
            ),
            webhooks={id: events for id, events in (fields.get("webhooks") or {}).items() if events},
            halted=bool(fields.get("halted")),
            limited=bool(fields.get("limited")),
        )


def _readable(entries: ReadFields | None, load: Callable[[str, Any], T]) -> Iterator[tuple[str, T]]:
    """Loads the entries of a subscription document that can be read; logs the others, which would stop these too."""
    for id, entry in (entries or {}).items():
        try:
            yield id, load(id, entry)
        except (AttributeError, LookupError, TypeError, ValidationError) as error:
            log.error("an entry of a subscription document cannot be read", exception=error, entry=id)


def to_subscribe(automation: Automation, *, eager: bool, ahead: Ahead | None = None) -> Write:
    """Builds the write that lists an active automation. `eager`: executions may begin in the commit that creates them;
    `ahead`: what that commit reserves.

    `limited` is set here and cleared by `to_limit` alone, when the user's own limits change.
    """
    entry = {
        "name": automation.name,
        "definition": automation.definition,
        "trigger_config": automation.trigger_config,
        "eager": eager,
    }
    if ahead:
        entry["ahead"] = ahead.stored()
    if automation.reentry != "always":
        entry["reentry"] = automation.model_dump(include={"reentry"})["reentry"]
    if automation.holds_starts:
        entry["paused"] = automation.paused_reason
    limited = {"limited": True} if automation.user_limits != Limits() else {}
    fields = {field_path("automations", automation.id): entry, **limited}
    return writes.merge(path(automation.user_id, automation.trigger), fields)


def to_unsubscribe(automation: Automation) -> Write:
    """Builds the write that takes an automation off its trigger's list."""
    gone = {field_path("automations", automation.id): DELETED}
    return writes.merge(path(automation.user_id, automation.trigger), gone)


def to_await(automation: Automation, event: str, steps: Matches, *, matched: bool | None) -> Write:
    """Builds the write that lists an automation's steps that wait for an event, so that its executions get that event.

    `steps` are those of the present definition. `matched`: whether some definition with executions under way selects
    events by a condition, not by the execution's subject; None leaves the stored value.
    """
    details: dict[str, int | bool] = {field_path("waits_of", automation.id, "definition"): automation.definition}
    if matched is not None:
        details[field_path("waits_of", automation.id, "matched")] = matched
    return writes.merge(path(automation.user_id, event), {field_path("waits", automation.id): steps, **details})


def to_await_no_more(uid: str, automation_id: str, event: str) -> Write:
    """Builds the write that takes an automation off the list of those that wait for an event."""
    gone = {field_path("waits", automation_id): DELETED, field_path("waits_of", automation_id): DELETED}
    return writes.merge(path(uid, event), gone)


def to_halt(uid: str, trigger: str, halted: bool) -> Write:
    """Builds the write that switches all starts by a trigger off or on."""
    return writes.merge(path(uid, trigger), {"halted": halted})


def to_limit(uid: str, trigger: str, limited: bool) -> Write:
    """Builds the write that records whether limits hold for all of a user's automations together."""
    return writes.merge(path(uid, trigger), {"limited": limited})


def of_users(uids: Iterable[str], trigger: str) -> dict[str, Subscription]:
    """Reads the subscriptions of many users to one trigger: one round trip, a read a user."""
    users = sorted(uids)
    documents = firestore.client().get_all([path(uid, trigger) for uid in users])
    return {
        uid: Subscription.load(document.data) if document else Subscription()
        for uid, document in zip(users, documents, strict=True)
    }


def of_user(uid: str, triggers: Iterable[str]) -> dict[str, Subscription]:
    """Reads a user's existing subscriptions to triggers and events: one round trip, a read for each."""
    names = list(triggers)
    return _by_name(names, firestore.client().get_all([path(uid, name) for name in names]))


def of_change(change: Change, triggers: Sequence[str]) -> dict[str, Subscription]:
    """Like `of_user`, with what is read for the change's event."""
    return _by_name(triggers, change.beside([path(change.uid, name) for name in triggers]))


def _by_name(names: Sequence[str], documents: Sequence[Document | None]) -> dict[str, Subscription]:
    return {name: Subscription.load(row.data) for name, row in zip(names, documents, strict=True) if row}


def find(uid: str, trigger: str) -> Subscription:
    """Reads one subscription, empty if none is stored: one read."""
    return of_user(uid, [trigger]).get(trigger, Subscription())


def path(uid: str, trigger: str) -> str:
    return f"users/{uid}/subscriptions/{trigger}"
