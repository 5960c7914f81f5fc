"""A message is drafted and sent, another automation is run and waited for; the process dies at each boundary."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from shared import settings
from shared.automations.authoring import service
from shared.automations.engine import runner
from shared.automations.runs import store as run_store
from shared.automations.runs.models import TERMINAL
from shared.automations.runs.queue import message
from shared.domains import notifications
from shared.domains.contacts import service as contacts
from shared.domains.contacts.models import ContactPolicy
from shared.domains.outreach import service as outreach
from shared.domains.prospects import service as prospects
from shared.domains.prospects.models import ProspectInput, ProspectUpdate
from shared.kit import clock, failpoint
from tests.automations.scenario import Scenario, crash_at_each, notify, standing_clock
from tests.providers.fake import Provider, Reply, answer

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("local_settings")]


class Resend(Provider):
    """Takes one letter for each key, whatever it answers: at the `refused` first requests that it has broken."""

    def __init__(self, refused: int = 0) -> None:
        self.letters: dict[str, dict[str, Any]] = {}
        self._refused = refused
        super().__init__(self._take)

    def _take(self, number: int) -> Reply:
        request = self.requests[number - 1]
        key, letter = request["headers"]["idempotency-key"], request["body"]
        if self.letters.setdefault(key, letter) != letter:
            return answer({"name": "invalid_idempotent_request"}, 409)
        asked = sum(other["headers"]["idempotency-key"] == key for other in self.requests)
        return answer({}, 500) if asked <= self._refused else answer({"id": key})


@pytest.fixture
def connect() -> Iterator[Callable[[Resend], None]]:
    before = settings.current()

    def use(resend: Resend) -> None:
        mail = {"resend_api_key": "re_1", "resend_base_url": resend.url, "mail_from": "nora@sender.example"}
        settings.use(before.model_copy(update=mail))

    yield use
    settings.use(before)


class MailScenario(Scenario):
    """Its contact may be written to once."""

    receiver: Resend

    def definition(self) -> list[dict[str, Any]]:
        contacts.set_policy(self.uid, ContactPolicy(max_per_contact=1, daily_quota=1))
        self.address = f"{self.uid}@acme.example"
        made = prospects.create(self.uid, ProspectInput(name="Ann", email=self.address))
        self.subject = made.id
        self.other = self.automate("manual", [notify("child", "Child")])
        return [
            {"id": "draft", "action": "generate_outreach"},
            {"id": "send", "action": "send_outreach"},
            {"id": "other", "action": "run_automation", "config": {"automation_id": self.other}},
            notify("done", "Done"),
        ]

    def deliver(self, *, seconds: float = 60) -> None:
        super().deliver(seconds=seconds)
        child = self.one_of(self.other)
        if child and child.status not in TERMINAL:
            self.guarded(lambda: runner.run(message(child), until=clock.now() + timedelta(minutes=1)))

    def calls(self) -> int:
        """Requests for its contact, whatever the answer."""
        return sum(self.address in request["body"]["to"][0] for request in self.receiver.requests)

    def check(self) -> bool:
        ended = self.finish()
        assert (ended.status, ended.error) == ("success", None)
        assert [letter["to"] for letter in self.receiver.letters.values() if self.address in letter["to"][0]] == [
            [f"Ann <{self.address}>"]
        ]
        (sent,) = outreach.repository.select(self.uid)
        assert sent.status == "sent"
        assert prospects.get(self.uid, self.subject).status == "contacted"
        assert sorted(one.title for one in notifications.repository.select(self.uid)) == ["Child", "Done"]
        for run in (ended, self.one_of(self.other)):
            assert run is not None
            assert run.status == "success"
            assert service.get(self.uid, run.automation_id).execution_count == 1
        records = run_store.step_records(self.uid, ended.id)
        assert [record.key for record in records] == ["draft", "send", "other", "done"]
        return False


@pytest.mark.parametrize(("copies", "refused"), [(1, 0), (2, 1)], ids=["once", "twice, and the mail breaks"])
def test_one_letter_leaves(connect: Callable[[Resend], None], copies: int, refused: int) -> None:
    with standing_clock() as time, Resend(refused) as resend:
        connect(resend)
        boundaries, _ = crash_at_each(lambda: MailScenario(resend, time), copies)
    assert boundaries > 16  # before and after: the start, its message, four steps, the claim, the child's


@pytest.mark.parametrize("refused", [0, 1], ids=["the mail goes", "the mail breaks"])
def test_no_letter_leaves_after_a_no_wherever_it_died(connect: Callable[[Resend], None], refused: int) -> None:
    """The process dies at a boundary; before it is taken up again, the prospect says no."""
    boundary, left = 0, []
    with standing_clock() as time, Resend(refused) as resend:
        connect(resend)
        armed = False
        while not armed:
            boundary += 1
            scenario = MailScenario(resend, time)
            failpoint.arm(boundary)
            while failpoint.armed() and not scenario.over:
                scenario.happen()
                scenario.deliver()
                scenario.wait(3_700)
            armed = failpoint.armed()
            failpoint.arm(None)
            before = scenario.calls()
            prospects.update(scenario.uid, scenario.subject, ProspectUpdate(status="not_interested"), None)
            scenario.finish()
            assert scenario.calls() == before, f"it left after the no, having died at boundary {boundary}"
            left.append(before)
    assert {0, 1} <= set(left)
