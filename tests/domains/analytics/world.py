"""A user's documents, written at random, and the events that Firestore makes of it."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.automations.starts import document_events
from shared.domains.analytics import cells, repository
from shared.domains.analytics.cells import Tally
from shared.domains.analytics.contributions import SOURCES
from shared.gcp import firestore, writes
from shared.kit.ids import derived_id
from shared.store.changes import Change

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


class World:
    """Documents of a user that are written and deleted; each write leaves an event that is taken later."""

    def __init__(self, uid: str, seed: int) -> None:
        self.uid = uid
        self.seed = seed
        self.random = random.Random(seed)
        self.documents: dict[tuple[str, str], dict[str, Any]] = {}
        self.events: list[Change] = []

    def write(self, collection: str, id: str, fields: dict[str, Any] | None) -> None:
        """Store a document, or delete it, and keep the event."""
        before = self.documents.get((collection, id))
        path = f"users/{self.uid}/{collection}/{id}"
        if fields is None:
            firestore.client().commit([writes.delete(path)])
            self.documents.pop((collection, id), None)
        else:
            firestore.client().commit([writes.Write(path, fields)])
            self.documents[collection, id] = fields
        number = len(self.events)
        at = NOW - timedelta(minutes=self.random.randrange(100_000))
        self.events.append(
            Change(derived_id(self.uid, str(self.seed), str(number)), self.uid, collection, id, before, fields, at)
        )

    def at(self) -> datetime:
        return NOW - timedelta(seconds=self.random.randrange(90 * 86_400))

    def step(self) -> None:
        """Write one thing."""
        existing = [key for key in self.documents if key[0] in ("prospects", "outreach")]
        roll = self.random.random()
        if existing and roll < 0.1:
            self.write(*self.random.choice(existing), None)
        elif existing and roll < 0.6:
            key = self.random.choice(existing)
            self.write(*key, self.documents[key] | self._change(key[0]))
        else:
            collection, fields = self._new()
            self.write(collection, f"d{len(self.events)}", {"created_at": self.at(), **fields})

    def _new(self) -> tuple[str, dict[str, Any]]:
        pick = self.random.choice
        return pick(
            [
                ("prospects", {"name": "Ann", "tags": pick([["a"], ["a", "b"], []]), "status": "new"}),
                ("outreach", self._message()),
                ("outreach", self._message()),
                ("templates", {"name": "T", "category": "email", "usage_count": 0}),
                ("playbook_runs", {"playbook_id": "p1", "playbook_name": "P"}),
                ("calendar_events", {"type": "check_in", "scheduled_date": "2026-11-11"}),
                ("vault", {"title": "V", "category": "market"}),
                ("research_tasks", self._research()),
            ]
        )

    def _message(self) -> dict[str, Any]:
        pick = self.random.choice
        return {
            "prospect_id": "p",
            "template_id": pick(["t1", "t2", None]),
            "persona_id": pick(["q", None]),
            "kind": "initial",
            "channel": "email",
            "cause": pick([None, {"automation_id": "a1", "execution_id": "e", "step": "s", "depth": 0}]),
        }

    def _research(self) -> dict[str, Any]:
        ended, status = self.at(), self.random.choice(["done", "failed", "running"])
        times = {"started_at": ended - timedelta(seconds=70), "completed_at": ended}
        return {"title": "R", "status": status, "research_engine": "vault", **times}

    def _change(self, collection: str) -> dict[str, Any]:
        pick = self.random.choice
        if collection == "prospects":
            return pick(
                [{"status": "meeting_booked"}, {"status": "contacted"}, {"tags": ["c"]}, {"analysis": {"n": self.at()}}]
            )
        field = pick(["sent_at", "delivered_at", "bounced_at", "complained_at", "replied_at", "opens", "status"])
        return {field: {"opens": 2, "status": "approved"}.get(field, pick([self.at(), self.at(), None]))}

    def deliver(self) -> None:
        """Have all events taken in a random order, many of them twice."""
        events = [*self.events, *self.random.sample(self.events, len(self.events) // 2)]
        self.random.shuffle(events)
        for event in events:
            document_events.take(event)


def recount(uid: str) -> Tally:
    """What the stored documents say."""
    tally = Tally()
    for collection in SOURCES:
        tally.update(repository.recounted(uid, collection))
    return Tally({cell: number for cell, number in tally.items() if number})


def rolled_up(uid: str) -> Tally:
    """What the rollups say: the totals of all documents, and those by dimension."""
    return Tally({cell: number for cell, number in repository.every_month(uid).items() if number})


__all__ = ["NOW", "World", "cells", "recount", "rolled_up"]
