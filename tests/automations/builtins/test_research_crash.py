"""Whoever dies at whichever boundary of a research run: the task is done, and nobody was asked, or paid, twice."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.local.cloud import LocalCloud
from infra.local.parts import PARTS
from infra.local.stack import Stack
from shared import settings
from shared.automations.runs import store as runs
from shared.domains import usage, vault
from shared.domains.research import service
from shared.domains.usage import UsageQuery
from shared.gcp import firestore
from shared.gcp.queries import Query
from shared.kit import failpoint
from tests.automations.inquiry import Inquiry
from tests.automations.scenario import standing_clock
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually
from tests.providers.fake import Provider, Reply, answer, completion
from tests.providers.verifier import Verifier
from tests.providers.web.site import Site, response

PAGE = b"""<html><head><title>Prices</title></head><body><article><h1>Prices</h1>
<p>Agencies charge 95 dollars an hour for a mathematics tutor, more than ever before.</p>
<p>Districts in the Midwest say that they cannot find enough tutors for the spring term.</p></article></body></html>"""
SAID = {"text": "Agencies charge 95 dollars an hour for a mathematics tutor.", "sources": [0]}  # no whole quote
WRITTEN = {"summary": [SAID], "key_findings": [SAID]}
STAGES = ["plan", "search", "read", "synthesise", "verify", "store"]


class World:
    """A search engine, a language model and a page, each of which counts who asks."""

    def __init__(self) -> None:
        self.site = Site(lambda asked: response(PAGE, type="text/html"))
        found = {"results": [{"title": "Prices", "url": f"{self.site.url}/prices", "snippet": "Prices rise."}]}
        self.engine = Provider(lambda n: answer(found))
        self.model = Provider(lambda n: self._answer())
        self.verifier = Verifier({str(SAID["text"]): True}, "well")

    def settings(self) -> dict[str, Any]:
        return {
            "perplexity_api_key": "p",
            "perplexity_base_url": self.engine.url,
            "llm_api_key": "k",
            "llm_base_url": self.model.url,
            "llm_model": "m",
            "llm_usd_per_million_input": 10.0,
        }

    def _answer(self) -> Reply:
        messages = self.model.requests[-1]["body"]["messages"]
        checks = "verdict" in messages[0]["content"]
        return self.verifier.judged(messages) if checks else completion(WRITTEN, sent=100, written=50)

    def asked(self) -> tuple[int, int]:
        return len(self.engine.requests), len(self.model.requests)

    def forget(self) -> None:
        self.engine.requests.clear()
        self.model.requests.clear()


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    with made.site, made.engine, made.model, made.verifier.provider:
        yield made


@pytest.fixture
def connected(world: World, local_settings: settings.Settings) -> Iterator[World]:
    replaced = settings.use(local_settings.model_copy(update=world.settings()))
    yield world
    settings.use(replaced)


def _kept(uid: str) -> int:
    rows = firestore.client().query(Query("provider_cache", parent=f"users/{uid}"))
    return sum("body" in row.data for row in rows)


def _check(inquiry: Inquiry, at: str) -> None:
    """All of it is there, each once; what the lost answer of a dead runner cost is not known, so not counted."""
    task = inquiry.finish()
    assert (task.status, task.error, task.progress, task.runs) == ("done", None, 100, 1), at
    (insight,) = service.insights.select(inquiry.uid)
    assert (insight.id, insight.summary, insight.notes) == (task.result_id, SAID["text"], []), at
    (item,) = vault.service.repository.select(inquiry.uid)
    assert item.id == task.vault_id, at
    run = inquiry.run()
    assert run is not None
    records = runs.step_records(inquiry.uid, run.id)
    assert [(one.step, one.status) for one in records] == [(stage, "success") for stage in STAGES], at
    counted = usage.report(inquiry.uid, UsageQuery()).providers
    took = {name: (one.requests, one.tokens, one.usd) for name, one in counted.items()}
    assert took == {"perplexity": (1, 0, 0.005), "llm": (2, 150 + 110, 0.002)}, at


@pytest.mark.timeout(200)
def test_at_every_boundary_in_process(connected: World) -> None:
    """Each provider is asked once, but where its answer was there and nothing of it was kept yet."""
    again: dict[str, list[int]] = {"engine": [], "model": []}
    with standing_clock() as time:
        boundary = 0
        while True:
            boundary += 1
            connected.forget()
            inquiry = Inquiry(time, research_engine="perplexity")
            failpoint.arm(boundary)
            inquiry.start()
            inquiry.notice()
            inquiry.deliver()
            crashed, lost = not failpoint.armed(), sum(connected.asked()) - _kept(inquiry.uid)
            failpoint.arm(None)
            _check(inquiry, f"at boundary {boundary}")
            engine, model = connected.asked()
            assert engine + model == 3 + lost, f"at boundary {boundary}"
            again["engine"] += [boundary] * (engine > 1)
            again["model"] += [boundary] * (model > 2)
            if not crashed:
                break  # fewer boundaries than that: all were passed
    assert [len(places) for places in again.values()] == [1, 2]  # between an answer and the commit that keeps it
    assert boundary > 2 * (2 + len(STAGES) + 2 + 2 + 2)  # start, run, stages, and two commits for each question


def test_a_runner_that_has_no_time_does_a_stage_and_hands_over(connected: World) -> None:
    with standing_clock() as time:
        inquiry = Inquiry(time, research_engine="perplexity")
        inquiry.start()
        inquiry.notice()
        seen = []
        for _ in STAGES:
            inquiry.deliver(seconds=0)
            seen.append((inquiry.task.stage, inquiry.task.progress))
        assert seen == [("search", 5), ("read", 25), ("synthesise", 65), ("verify", 85), ("store", 92), (None, 100)]
        _check(inquiry, "stage by stage")


def test_one_who_died_while_asking_is_waited_for_and_not_counted_as_a_failure(connected: World) -> None:
    """The lease of a question is longer than all retries of a stage together."""
    with standing_clock() as time:
        inquiry = Inquiry(time, research_engine="perplexity")
        inquiry.start()
        inquiry.notice()
        inquiry.deliver(seconds=0)
        failpoint.arm(2)  # the question is claimed, and nothing asked yet
        inquiry.deliver(seconds=0)
        assert connected.asked() == (0, 0)
        inquiry.deliver()
        run = inquiry.run()
        assert run is not None
        assert (run.status, run.attempts) == ("waiting", [])
        _check(inquiry, "after a claim")


@pytest.fixture
def fragile(cloud: LocalCloud, project: str, tmp_path: Path, world: World) -> Iterator[Stack]:
    named = {name.upper(): str(value) for name, value in world.settings().items()}
    env = {**named, "FAILPOINT_FILE": str(tmp_path / "failpoint"), "PROVIDER_SECONDS": "8", "LLM_SECONDS": "8"}
    with Stack(cloud, project=project, env=env, run_schedules=False) as stack:
        yield stack
    cloud.clock_file.unlink(missing_ok=True)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_process_that_is_killed(fragile: Stack, world: World, tmp_path: Path) -> None:
    for deaths, boundary in enumerate((7, 10, 19), start=1):
        world.forget()
        with Api(fragile.url, fragile.project, uid=f"user-{boundary}", patient=True) as api:
            _die_at(boundary, fragile, api, tmp_path / "failpoint")
            assert len(fragile.processes) == len(PARTS) + deaths
            engine, model = world.asked()
            assert (engine in (1, 2), model in (2, 3), engine + model <= 4) == (True, True, True)
            spent = api.get("/api/usage")["providers"]
            assert (spent["llm"]["tokens"], spent["perplexity"]["usd"]) == (260, 0.005)


def _die_at(boundary: int, stack: Stack, api: Api, failpoint: Path) -> None:
    words = {"title": "Tutor prices", "input_source": "price of a tutor", "source_type": "keywords"}
    id = api.post("/api/research-tasks", {**words, "research_engine": "perplexity"})["task"]["id"]
    eventually(stack.idle)
    failpoint.write_text(str(boundary))
    api.post(f"/api/research-tasks/{id}/run")

    def done() -> dict[str, Any]:
        task: dict[str, Any] = api.get(f"/api/research-tasks/{id}")["task"]
        assert task["status"] == "done", task
        return task

    task = eventually(done, patience=180)
    assert task["error"] is None
    assert [item["id"] for item in api.get("/api/vault")["items"]] == [task["vault_id"]]
    assert api.get(f"/api/research-tasks/{id}/insights")["insights"]["summary"] == SAID["text"]
