"""A sequence to many people through a mail server that behaves like the world: everything that comes back, twice and in
any order, is counted once, and nobody is written to who has answered, complained or cannot be reached."""

import os
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from infra.local import plain
from infra.local.cloud import LocalCloud
from shared import settings
from tests.fixtures.api import Api
from tests.fixtures.correspondence import REPLY_DOMAIN, SECRET
from tests.fixtures.post_office import Fate, PostOffice, Returned, planned, shuffled
from tests.fixtures.waiting import eventually

PEOPLE = int(os.environ.get("MAIL_PEOPLE", "50"))
SHARES = {
    "bounces": 0.1,
    "delays": 0.1,
    "complains": 0.02,
    "answers": 0.2,
    "away": 0.06,
    "circles": 0.04,
    "refuses": 0.04,
}
# Of a first letter's recipient: how many letters there are in the end, the prospect's status, and the event's kind.
_ENDS: dict[Fate, tuple[int, str, str | None]] = {
    "takes": (2, "contacted", None),
    "delays": (2, "contacted", "delayed"),
    "away": (1, "contacted", "auto_reply"),
    "answers": (1, "replied", "reply"),
    "circles": (1, "replied", "reply"),
    "bounces": (1, "bounced", "bounced"),
    "complains": (1, "complained", "complained"),
    "refuses": (0, "bounced", "bounced"),
}
_SEQUENCE: list[dict[str, Any]] = [
    {"action": "generate_outreach", "config": {"use_knowledge": False}},
    {"id": "first", "action": "send_outreach"},
    {"action": "delay", "config": {"seconds": 3 * 86_400}},
    {"id": "more", "action": "generate_outreach", "config": {"kind": "follow_up", "use_knowledge": False}},
    {"id": "second", "action": "send_outreach", "config": {"outreach_id": "{{ steps.more.outreach_id }}"}},
]


@pytest.fixture
def office(api: Api) -> Iterator[PostOffice]:
    plan = planned([f"p{n}@acme{n}.example" for n in range(PEOPLE)], seed=7, **SHARES)
    with PostOffice(plan) as office:
        mail = {"smtp_url": office.url, "mail_from": "nora@sender.example"}
        back = {"mail_hook_secret": SECRET, "mail_reply_domain": REPLY_DOMAIN}
        settings.use(settings.current().model_copy(update={**mail, **back}))
        yield office


def _hand_in(api: Api, returned: Returned) -> int:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {SECRET}"}
    body = {"raw": returned.raw.decode("latin-1"), "recipients": [returned.recipient]}
    with plain.client(base_url=api.url, headers=headers, timeout=60) as client:
        return client.post("/api/hooks/mail/raw", json=body).status_code


def _waiting(api: Api, automation: str) -> int:
    total: int = api.get(f"/api/automations/{automation}/executions", limit=1, status="waiting")["total"]
    return total


def _statuses(api: Api) -> dict[str, str]:
    rows = api.get("/api/prospects", limit=500)["prospects"]
    return {row["email"]: row["status"] for row in rows}


@pytest.mark.slow
@pytest.mark.timeout(560)
def test_nobody_is_written_to_who_does_not_want_it(api: Api, office: PostOffice, cloud: LocalCloud) -> None:
    generous = {"daily_quota": 10_000, "max_per_contact": 50, "max_bounce_rate": 1, "max_complaint_rate": 1}
    api.put("/api/contacts/policy", generous)
    id = api.automation(
        "new_prospect_added", *_SEQUENCE, stop_when=["replied", "bounced", "complained", "unsubscribed"]
    )
    rows = [{"name": f"Ann Lee{n}", "company": "Acme", "email": f"p{n}@acme{n}.example"} for n in range(PEOPLE)]
    api.post("/api/prospects", {"prospects": rows})
    fates = Counter(office.plan.values())
    refused = fates["refuses"]
    eventually(lambda: len(office.letters) == PEOPLE - refused, patience=120)
    eventually(
        lambda: api.get(f"/api/automations/{id}/executions", limit=1, status="waiting")["total"] >= PEOPLE - refused
    )
    with ThreadPoolExecutor(8) as pool:
        taken = Counter(pool.map(lambda each: _hand_in(api, each), shuffled(office.coming_back(), seed=7)))
    assert set(taken) == {202}

    cloud.clock.advance(timedelta(days=3, minutes=5))
    expected = sum(fates[fate] * letters for fate, (letters, _, _) in _ENDS.items())
    eventually(lambda: len(office.letters) == expected, patience=180)
    eventually(
        lambda: api.get(f"/api/automations/{id}/executions", limit=1, status="waiting")["total"] <= fates["away"]
    )

    for address, fate in office.plan.items():
        assert len(office.to(address)) == _ENDS[fate][0], (address, fate)
    statuses = _statuses(api)
    assert {address: _ENDS[fate][1] for address, fate in office.plan.items()} == statuses
    kinds: Counter[str] = Counter()
    for fate, number in fates.items():
        if kind := _ENDS[fate][2]:
            kinds[kind] += number
    assert {kind: api.get("/api/inbox", kind=kind, limit=1)["total"] for kind in kinds} == dict(kinds)
    suppressed = {entry["address"] for entry in api.get("/api/contacts/suppressions", limit=500)["suppressions"]}
    assert suppressed == {at for at, fate in office.plan.items() if fate in ("bounces", "complains", "refuses")}
