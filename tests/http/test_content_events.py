"""A text that is watched while it is written: server-sent events from `/api/content/generate`."""

import json
import threading
from collections.abc import Generator, Iterator
from itertools import cycle
from typing import Any

import pytest

from shared import settings
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually
from tests.providers.fake import Provider, Reply, streamed

ORDER = {"kind": "email", "topic": "mathematics tutors", "tone": "friendly"}
WORDS = ["Subject: Tutors", " for you\n", "\nHello Ann, maths ", "tutors are sc", "arce. #tutors"]
Event = tuple[str, dict[str, Any]]


def _watch(api: Api, **more: Any) -> Generator[Event, None, None]:
    """The events, each as soon as it is there."""
    with api.http.stream(
        "POST", "/api/content/generate", json=ORDER | more, headers={"Accept": "text/event-stream"}
    ) as response:
        assert response.status_code == 200, response.read()
        assert response.headers["content-type"].startswith("text/event-stream")
        name = ""
        for line in response.iter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                yield name, json.loads(line.removeprefix("data: "))


@pytest.fixture
def model(api: Api) -> Iterator[Provider]:
    with Provider(lambda n: streamed(*WORDS, sent=100, written=20)) as server:
        update = {"llm_api_key": "k", "llm_base_url": server.url, "llm_usd_per_million_output": 10.0}
        settings.use(settings.current().model_copy(update=update))
        yield server


def test_the_words_come_and_then_the_whole(api: Api, model: Provider) -> None:
    *bits, (last, content) = _watch(api)
    assert {name for name, _ in bits} == {"text"}
    assert "".join(bit["text"] for _, bit in bits) == "".join(WORDS)
    assert last == "content"
    (piece,) = content["pieces"]
    assert (piece["subject"], piece["text"]) == ("Tutors for you", "Hello Ann, maths tutors are scarce. #tutors")
    assert (piece["hashtags"], content["generator"], content["best"]) == (["tutors"], "llm:gpt-5-mini", 1)
    assert set(piece["scores"]) == {"personalisation", "length", "readability"}
    asked = model.requests[0]["body"]
    assert asked["stream"] is True
    assert "response_format" not in asked
    spent = eventually(lambda: api.get("/api/usage")["providers"])
    assert (spent["llm"]["requests"], spent["llm"]["tokens"], spent["llm"]["usd"]) == (1, 120, 0.0002)


def test_they_come_while_the_model_still_writes(api: Api, model: Provider) -> None:
    go = threading.Event()

    def slowly() -> Iterator[bytes]:
        first, *others = streamed("One two ", "three.").parts or ()
        yield first
        assert go.wait(10)
        yield from others

    model.reply = lambda n: Reply(parts=slowly())
    events = _watch(api, kind="linkedin_post")
    assert next(events) == ("text", {"text": "One two "})
    go.set()
    assert [name for name, _ in events] == ["text", "content"]


def test_without_a_model_the_local_text_comes_at_once(api: Api) -> None:
    (_, bit), (name, content) = _watch(api)
    assert (name, content["generator"]) == ("content", "local-template")
    assert content["pieces"][0]["text"] == bit["text"]
    assert api.post("/api/content/generate", ORDER)["pieces"] == content["pieces"]


@pytest.mark.parametrize(
    ("reply", "status"), [(Reply(401), 502), (Reply(429, headers={"Retry-After": "30"}), 429), (Reply(500), 503)]
)
def test_a_refusal_is_a_problem_and_no_stream(reply: Reply, status: int, api: Api, model: Provider) -> None:
    model.reply = lambda n: reply
    response = api.http.post("/api/content/generate", json=ORDER, headers={"Accept": "text/event-stream"})
    assert (response.status_code, response.json()["success"]) == (status, False)
    assert response.headers["content-type"] == "application/problem+json"


def test_more_than_one_variant_cannot_be_watched(api: Api) -> None:
    more = {**ORDER, "variants": 2}
    response = api.http.post("/api/content/generate", json=more, headers={"Accept": "text/event-stream"})
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == "variants"


def test_what_breaks_off_says_so_and_is_counted(api: Api, model: Provider) -> None:
    model.reply = lambda n: streamed("One two ", "three ", ends=False)
    *bits, (name, problem) = _watch(api)
    assert [bit["text"] for _, bit in bits] == ["One two ", "three "]
    assert (name, problem["status"], problem["success"]) == ("error", 503, False)
    assert eventually(lambda: api.get("/api/usage")["total"]["requests"]) == 1


def test_an_address_from_data_is_never_shown(api: Api, model: Provider) -> None:
    model.reply = lambda n: streamed("Write to evil", "@attacker.", "example now")
    *bits, (name, problem) = _watch(api)
    assert "evil" not in str(bits)
    assert (name, problem["status"]) == ("error", 502)
    assert "address" in problem["detail"]


def test_a_reader_who_leaves_is_still_counted(api: Api, model: Provider) -> None:
    stopped = threading.Event()

    def without_end() -> Iterator[bytes]:
        try:
            yield from cycle(streamed("word ", ends=False).parts or ())
        finally:
            stopped.set()

    model.reply = lambda n: Reply(parts=without_end())
    events = _watch(api)
    assert next(events)[0] == "text"
    events.close()
    assert stopped.wait(10)
    assert eventually(lambda: api.get("/api/usage")["total"]["requests"]) == 1
