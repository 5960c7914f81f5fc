"""A stream of events is one line of the log and one span, however it ends."""

import logging
from collections.abc import Iterator
from itertools import cycle
from typing import Any

import pytest

from shared import settings, telemetry, tracing
from tests.fixtures.api import Api
from tests.fixtures.collector import Collector
from tests.fixtures.waiting import eventually
from tests.providers.fake import Provider, Reply, streamed

ORDER = {"kind": "linkedin_post", "topic": "mathematics tutors", "tone": "friendly"}


@pytest.fixture
def collector(api: Api) -> Iterator[Collector]:
    with Collector() as server:
        settings.use(settings.current().model_copy(update={"traces_url": server.url, "traces_ratio": 1.0}))
        replaced = tracing.use(telemetry.recorder())
        yield server
        tracing.use(replaced)


def _watch(api: Api, reply: Reply, *, parts: int) -> None:
    """Have a text written by a model that answers so, and leave after that many lines; 0: at the end."""
    with Provider(lambda n: reply) as model:
        update = {"llm_api_key": "k", "llm_base_url": model.url}
        replaced = settings.use(settings.current().model_copy(update=update))
        headers = {"Accept": "text/event-stream"}
        with api.http.stream("POST", "/api/content/generate", json=ORDER, headers=headers) as response:
            assert response.status_code == 200
            for number, _ in enumerate(response.iter_lines(), 1):
                if number == parts:
                    break
        settings.use(replaced)


@pytest.mark.parametrize(
    ("reply", "parts", "outcome", "model"),
    [
        (lambda: streamed("One two ", "three."), 0, "done", "done"),
        (lambda: streamed("One two ", "three ", ends=False), 0, "failed", "failed"),
        (lambda: Reply(parts=cycle(streamed("word ", ends=False).parts or ())), 3, "done", "failed"),
    ],
    ids=["whole", "broken off", "left"],
)
def test_a_stream_is_one_line_when_it_ends(
    api: Api, collector: Collector, caplog: pytest.LogCaptureFixture, reply: Any, parts: int, outcome: str, model: str
) -> None:
    def lines(kind: str) -> list[dict[str, Any]]:
        entries = [getattr(record, "fields", {}) for record in caplog.records]
        return [entry for entry in entries if entry.get("kind") == kind]

    with caplog.at_level(logging.INFO, logger="app"):
        _watch(api, reply(), parts=parts)
        eventually(lambda: lines("request"))
    [line] = lines("request")
    assert (line["status"], line["outcome"], line["route"]) == (200, outcome, "POST /api/content/generate")
    assert [line["outcome"] for line in lines("provider")] == [model]
    eventually(lambda: len(collector.spans) >= 2)
    spans = {span.name: span for span in collector.spans}
    assert spans["llm"].parent == spans["content"].id
