"""How a user comes by one of everything: a line an entity. A route with an id that has no line fails by name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from infra.examples import with_texts
from shared.domains.contacts import unsubscribe
from shared.domains.dead_letters import arrivals
from shared.domains.inbox import service as inbox
from shared.domains.inbox.models import MailEvent
from shared.domains.inbox.repository import Sent, to_keep_token
from shared.gcp import firestore
from shared.kit.ids import new_id
from shared.kit.schema import stamp
from shared.kit.undelivered import Undelivered
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually

SECRET = "confidential"  # the word that every entity contains, beside its owner's uid
Ids = dict[str, str]  # by route, such as /api/prospects/{id}


class Maker(Protocol):
    """Makes one for this user, who has those of `ids` already; answers its id."""

    def __call__(self, api: Api, ids: Ids, served: set[str]) -> str: ...


@dataclass(frozen=True)
class Posted:
    """Created by a POST. `{me}` in a text is the user; `$prospect_id` is the user's own prospect."""

    path: str
    noun: str
    body: Mapping[str, Any]

    def __call__(self, api: Api, ids: Ids, served: set[str]) -> str:
        return str(api.post(self.path, filled(self.body, ids, me=api.uid))[self.noun]["id"])


@dataclass(frozen=True)
class Published:
    """The same for everybody, so its id is no secret; `uses` are what a user makes of it."""

    id: str
    uses: Mapping[str, Any] = field(default_factory=dict)

    def __call__(self, api: Api, ids: Ids, served: set[str]) -> str:
        for path, body in self.uses.items():
            api.post(path, filled(body, ids, me=api.uid))
        return self.id


@dataclass(frozen=True)
class Opened:
    """An address that whoever knows it may call, signed in or not: its id is not tied to who calls."""

    make: Maker

    def __call__(self, api: Api, ids: Ids, served: set[str]) -> str:
        return self.make(api, ids, served)


@dataclass(frozen=True)
class Operated:
    """What operators see, whoever uses the product: its id is not tied to a user."""

    make: Maker

    def __call__(self, api: Api, ids: Ids, served: set[str]) -> str:
        return self.make(api, ids, served)


def _dead_letter(api: Api, ids: Ids, served: set[str]) -> str:
    """A message that was given up, of no user."""
    letter = arrivals.keep(Undelivered("message", "run_execution", "automation-steps", new_id(), b"{}"))
    assert letter
    return letter.id


def _hook(api: Api, ids: Ids, served: set[str]) -> str:
    steps = [{"action": "delay", "config": {"seconds": 0}}]
    made = api.post("/api/automations", {"name": f"{SECRET} {api.uid}", "trigger": "webhook", "steps": steps})
    api.post(f"/api/automations/{made['automation']['id']}/activate")
    return str(made["automation"]["trigger_config"]["url"].rpartition("/")[2])


def _unsubscribe_link(api: Api, ids: Ids, served: set[str]) -> str:
    """As it stands in a message that was sent."""
    token = new_id()
    firestore.client().commit(unsubscribe.to_offer(token, api.uid, "somebody@acme.io", "nobody"))
    return token


def _answered(api: Api, ids: Ids, served: set[str]) -> str:
    """A request to get no further messages, which answers none that is known; another message has left."""
    stamped = stamp(api.uid)
    left = Sent(api.uid, ids.get("/api/outreach/{id}", "o"), "p", "ann@acme.io", stamped["created_at"])
    firestore.client().commit([to_keep_token(new_id(), left)])
    written = {"kind": "removal_request", "at": stamped["created_at"], "provider": "raw", "needs": "match"}
    text = f"{SECRET} {api.uid}"
    event = MailEvent.model_validate({**stamped, **written, "address": "ann@acme.io", "text": text, "subject": text})
    return inbox.repository.create(event).id


def _ingested(api: Api, ids: Ids, served: set[str]) -> str:
    """A file of the user's."""
    answer = api.http.post("/api/files", content=f"{SECRET} {api.uid} {new_id()}", params={"name": f"{SECRET}.txt"})
    return str(api.ok(answer)["file"]["id"])


def _tested(api: Api, ids: Ids, served: set[str]) -> str:
    """A delivery that has ended: its address cannot be reached."""
    url = f"/api/webhooks/{ids['/api/webhooks/{id}']}"
    id = str(api.post(f"{url}/test")["delivery"]["id"])
    eventually(lambda: api.get(f"{url}/deliveries/{id}")["delivery"]["completed_at"])
    return id


def _executed(api: Api, ids: Ids, served: set[str]) -> str:
    """A finished run of the user's automation."""
    url = f"/api/automations/{ids['/api/automations/{id}']}"
    id = str(api.post(f"{url}/run", {"input": {"text": f"{SECRET} {api.uid}"}})["execution"]["id"])
    eventually(lambda: api.get(f"{url}/executions/{id}")["execution"]["completed_at"])
    return id


def _batched(api: Api, ids: Ids, served: set[str]) -> str:
    """A job that has ended, one of whose items has failed."""
    person = api.post("/api/prospects", {"name": f"{SECRET} {api.uid}"})["prospect"]["id"]
    body = {"ids": [person, f"{SECRET} {api.uid}"], "changes": {"tags": [SECRET, api.uid]}}
    id = str(api.post("/api/batch/update_prospects", body)["job"]["id"])
    eventually(lambda: api.get(f"/api/batch/{id}")["job"]["completed_at"])
    return id


_TEXT = f"{SECRET} {{me}}"
_NAMED = {"name": _TEXT, "metadata": {"note": _TEXT}}
# Those that others refer to come first.
MAKERS: dict[str, Maker] = {
    "/api/account/exports/{id}": Posted("/api/account/export", "export", {}),
    "/api/account/exports/{id}/parts/{number}": Published("1"),
    "/api/prospects/{id}": Posted(
        "/api/prospects", "prospect", {"name": _TEXT, "company": _TEXT, "email": "{me}.{unique}@acme.io"}
    ),
    "/api/personas/{id}": Posted("/api/personas", "persona", _NAMED),
    "/api/templates/{id}": Posted(
        "/api/templates", "template", {**_NAMED, "category": "email", "content": f"{_TEXT} {{first_name}}"}
    ),
    "/api/outreach/{id}": Posted(
        "/api/outreach",
        "outreach",
        {"prospect_id": "$prospect_id", "tone": "friendly", "subject": _TEXT, "body": _TEXT},
    ),
    "/api/inbox/{id}": _answered,
    "/api/hooks/mail/{provider}": Published("raw"),
    "/api/calendar/{id}": Posted(
        "/api/calendar",
        "event",
        {"prospect_id": "$prospect_id", "scheduled_date": "2999-12-31", "type": "follow_up", "notes": _TEXT},
    ),
    "/api/notifications/{id}": Posted(
        "/api/notifications",
        "notification",
        {"type": "info", "title": _TEXT, "message": _TEXT, "priority": "low"},
    ),
    "/api/contacts/suppressions/{id}": Posted(
        "/api/contacts/suppressions", "suppression", {"email": "{me}.{unique}@acme.io", "reason": _TEXT}
    ),
    "/api/activity/{id}": Posted("/api/activity/log", "activity", {"type": "system", "title": _TEXT, "message": _TEXT}),
    "/api/automations/{id}": Posted(
        "/api/automations",
        "automation",
        {**_NAMED, "trigger": "manual", "steps": [{"action": "delay", "config": {"seconds": 0}}]},
    ),
    "/api/automations/{id}/executions/{execution_id}": _executed,
    "/api/batch/{id}": _batched,
    "/api/hooks/{token}": Opened(_hook),
    "/api/unsubscribe/{token}": Opened(_unsubscribe_link),
    "/api/automations/recipes/{id}": Published("auto_analyze_prospect"),
    "/api/playbooks/{id}": Published("b2b_prospecting", {"/api/playbooks/b2b_prospecting/run": {"input": _TEXT}}),
    "/api/vault/{id}": Posted("/api/vault", "item", {"title": _TEXT, "summary": _TEXT, "category": "market_trends"}),
    "/api/files/{id}": _ingested,
    "/api/research-tasks/{id}": Posted(
        "/api/research-tasks",
        "task",
        {
            "title": _TEXT,
            "input_source": _TEXT,
            "source_type": "keywords",
            "research_engine": "perplexity",
            "priority": "low",
        },
    ),
    "/api/system/dead-letters/{id}": Operated(_dead_letter),
    "/api/system/logs/{id}": Posted(
        "/api/system/logs",
        "log",
        {"level": "error", "category": "automation", "message": _TEXT, "related_id": "$related_id", "can_rerun": True},
    ),
    "/api/webhooks/{id}": Posted(
        "/api/webhooks", "webhook", {"url": "http://127.0.0.1:1/{me}", "event_types": ["outreach_sent"]}
    ),
    "/api/webhooks/{id}/deliveries/{delivery_id}": _tested,
    "/api/search/saved/{id}": Posted("/api/search/saved", "saved_search", {"name": _TEXT, "query": _TEXT}),
}
# A field of a query or body that names another document -> which. A field called …_id without a line fails by name.
REFERENCES = {
    "prospect_id": "/api/prospects/{id}",
    "prospect_ids": "/api/prospects/{id}",
    "document_id": "/api/prospects/{id}",
    "persona_id": "/api/personas/{id}",
    "template_id": "/api/templates/{id}",
    "content_id": "/api/templates/{id}",
    "outreach_id": "/api/outreach/{id}",
    "automation_id": "/api/automations/{id}",
    "task_id": "/api/research-tasks/{id}",
    "related_id": "/api/automations/{id}/executions/{execution_id}",
    "playbook_id": "/api/playbooks/{id}",
    "vault_ids": "/api/vault/{id}",
}


def made(api: Api, served: set[str], only: set[str] | None = None) -> Ids:
    """One of each that the description knows, or of `only` and what those refer to."""
    paths = [operation.split(" ", 1)[1] for operation in served]
    ids: Ids = {}
    for route, maker in MAKERS.items():
        collection = route.rpartition("/{")[0]
        known = any(path == collection or path.startswith(collection + "/") for path in paths)
        if known and (only is None or route in _needed(only)):
            ids[route] = maker(api, ids, served)
    return ids


def owned(ids: Ids) -> Ids:
    """Without what is the same for everybody, open to whoever knows it, or the operators'."""
    return {route: id for route, id in ids.items() if not isinstance(MAKERS[route], Published | Opened | Operated)}


def filled(template: Any, ids: Ids, *, me: str = "", instead: Mapping[str, str] | None = None) -> Any:
    """The template with `$reference`s replaced by ids (`instead` first), and the user's texts."""

    def fill(text: str) -> str:
        if text.startswith("$"):
            return (instead or {}).get(text[1:]) or ids.get(REFERENCES[text[1:]], "none")
        return text.replace("{me}", me).replace("{unique}", new_id().lower())

    return with_texts(template, fill)


def references(template: Any) -> set[str]:
    """The names of the `$reference`s in a template."""
    if isinstance(template, Mapping):
        return {name for value in template.values() for name in references(value)}
    if isinstance(template, list):
        return {name for value in template for name in references(value)}
    return {template[1:]} if isinstance(template, str) and template.startswith("$") else set()


def _needed(routes: set[str]) -> set[str]:
    """The routes, those above them, and those that their bodies refer to."""
    needed = set(routes)
    for route in routes:
        above = [other for other in MAKERS if other != route and route.startswith(other + "/")]
        maker = MAKERS[route]
        bodies = [maker.body] if isinstance(maker, Posted) else []
        mentioned = {REFERENCES[name] for body in bodies for name in references(body)}
        needed |= _needed({*above, *mentioned})
    return needed
