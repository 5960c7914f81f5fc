"""A research task is stopped, deleted, started twice and started anew, wherever its run is."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from shared import settings
from shared.automations.builtins import research
from shared.automations.runs import store as runs
from shared.automations.runs.models import TERMINAL
from shared.domains.research import service
from shared.domains.vault import service as vault
from shared.errors import AppError, Conflict, NotFound
from shared.kit import clock
from shared.kit.clock import VirtualClock
from shared.kit.ids import new_id
from shared.store.changes import Change
from tests.automations.inquiry import Inquiry
from tests.automations.scenario import standing_clock
from tests.providers.fake import Provider, Reply, answer

SNIPPET = "Agencies charge 95 dollars an hour for a mathematics tutor, more than ever before."
FOUND = {"results": [{"title": "Prices", "url": "http://192.0.2.7:9/prices", "snippet": SNIPPET}]}
STAGES = 6


@pytest.fixture
def time(local_settings: settings.Settings) -> Iterator[VirtualClock]:
    with standing_clock() as standing:
        yield standing


def _under_way(time: VirtualClock, server: Provider, stages: int, *, noticed: bool = True) -> Inquiry:
    """A task whose run has done so many stages; unnoticed, its event is still to come."""
    update = {"perplexity_api_key": "k", "perplexity_base_url": server.url}
    settings.use(settings.current().model_copy(update=update))
    inquiry = Inquiry(time, research_engine="perplexity")
    inquiry.start()
    if noticed:
        inquiry.notice()
    for _ in range(stages):
        inquiry.deliver(seconds=0)
    return inquiry


def _traces(inquiry: Inquiry) -> int:
    return len(service.insights.select(inquiry.uid)) + len(vault.repository.select(inquiry.uid))


@pytest.mark.parametrize("stages", range(STAGES))
def test_cancelled_before_a_stage_it_stops_there_and_can_be_run_again(stages: int, time: VirtualClock) -> None:
    with Provider(lambda n: answer(FOUND)) as server:
        inquiry = _under_way(time, server, stages)
        cancelled = research.cancel(inquiry.uid, inquiry.id)
        assert (cancelled.status, cancelled.stage, cancelled.error) == ("failed", None, "The research was cancelled.")
        asked = len(server.requests)
        inquiry.deliver()
        run = inquiry.run()
        assert run is not None
        assert (run.status, inquiry.task.status, _traces(inquiry)) == ("cancelled", "failed", 0)
        assert len(server.requests) == asked
        with pytest.raises(Conflict, match="nothing to cancel"):
            research.cancel(inquiry.uid, inquiry.id)
        inquiry.start()
        task = inquiry.finish()
        assert (task.status, task.runs, task.error, _traces(inquiry)) == ("done", 2, None, 2)
        assert len(server.requests) == 1  # the first run's answer serves the second


def test_cancelled_before_its_event_has_come_it_never_begins(time: VirtualClock) -> None:
    with Provider(lambda n: answer(FOUND)) as server:
        inquiry = _under_way(time, server, 0, noticed=False)
        event = inquiry.event()
        cancelled = research.cancel(inquiry.uid, inquiry.id)
        assert (cancelled.status, cancelled.error) == ("failed", "The research was cancelled.")
        inquiry.notice(event)
        inquiry.deliver()
        run = inquiry.run()
        assert run is not None
        assert (run.status, inquiry.task.status, _traces(inquiry), server.requests) == ("cancelled", "failed", 0, [])
        with pytest.raises(NotFound):
            research.cancel(inquiry.uid, "none")
        inquiry.start()
        assert inquiry.finish().status == "done"


def test_cancelled_while_a_provider_is_asked(time: VirtualClock) -> None:
    inquiries: list[Inquiry] = []

    def reply(n: int) -> Reply:
        research.cancel(inquiries[0].uid, inquiries[0].id)
        return answer(FOUND)

    with Provider(reply) as server:
        inquiries.append(_under_way(time, server, 1))
        inquiries[0].deliver()
    run = inquiries[0].run()
    assert run is not None
    assert (run.status, inquiries[0].task.error) == ("cancelled", "The research was cancelled.")
    assert _traces(inquiries[0]) == 0


def test_started_anew_while_the_old_run_still_asks(time: VirtualClock) -> None:
    """What the old run comes to afterwards is not the task's any more."""
    inquiries: list[Inquiry] = []

    def reply(n: int) -> Reply:
        inquiry = inquiries[0]
        if inquiry.task.runs == 1:
            research.cancel(inquiry.uid, inquiry.id)
            inquiry.start()
            inquiry.notice()
        return answer(FOUND)

    with Provider(reply) as server:
        inquiries.append(_under_way(time, server, 1))
        inquiry = inquiries[0]
        old = inquiry.run()
        inquiry.deliver()
        task = inquiry.task
        assert (task.status, task.runs, task.error, task.stage) == ("running", 2, None, "plan")
        assert old is not None
        assert runs.executions.get(inquiry.uid, old.id).status == "cancelled"
        task = inquiry.finish()
        assert (task.status, task.error, _traces(inquiry)) == ("done", None, 2)
        assert len(server.requests) == 1


@pytest.mark.parametrize("noticed", [True, False])
@pytest.mark.parametrize("stages", range(STAGES))
def test_deleted_while_it_runs_it_leaves_nothing(stages: int, noticed: bool, time: VirtualClock) -> None:
    """Whether or not its run was told before it goes on."""
    with Provider(lambda n: answer(FOUND)) as server:
        inquiry = _under_way(time, server, stages)
        before, run = inquiry.task, inquiry.run()
        assert run is not None
        service.delete(inquiry.uid, inquiry.id, None)
        if noticed:
            change = Change(new_id(), inquiry.uid, "research_tasks", inquiry.id, before.stored(), None, clock.now())
            research.follow(change)
        for _ in range(2):
            inquiry.deliver_run(run)
        assert runs.executions.get(inquiry.uid, run.id).status in TERMINAL
    assert service.repository.find(inquiry.uid, inquiry.id) is None
    assert _traces(inquiry) == 0


def test_of_many_starts_at_once_one_counts(time: VirtualClock) -> None:
    with Provider(lambda n: answer(FOUND)) as server:
        update = {"perplexity_api_key": "k", "perplexity_base_url": server.url}
        settings.use(settings.current().model_copy(update=update))
        inquiry = Inquiry(time, research_engine="perplexity")

        def start(_: int) -> bool:
            with suppress(AppError):
                service.run(inquiry.uid, inquiry.id)
                return True
            return False

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(start, range(8))) == 1
        for _ in range(3):
            inquiry.notice()  # the event comes more than once
        assert inquiry.finish().runs == 1
        assert len(runs.executions.select(inquiry.uid)) == 1
        assert len(server.requests) == 1


def test_what_is_not_there_cannot_be_started(time: VirtualClock) -> None:
    inquiry = Inquiry(time)
    service.delete(inquiry.uid, inquiry.id, None)
    for call in (service.run, research.cancel):
        with pytest.raises(NotFound):
            call(inquiry.uid, inquiry.id)
