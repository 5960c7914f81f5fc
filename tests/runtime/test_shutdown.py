"""SIGTERM while texts stream and the model is silent: every client is answered, and the process ends in time."""

import json
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.chaos.silent_model import SilentModel
from infra.local import plain
from infra.local.cloud import LocalCloud
from tests.fixtures.api import Api
from tests.fixtures.framework import Framework
from tests.fixtures.waiting import eventually
from tests.providers.fake import Provider, Reply

ORDER = {"kind": "linkedin_post", "topic": "mathematics tutors", "tone": "friendly"}
_SECONDS = 10.0  # that Cloud Run leaves
_STREAMS = 3
Answer = tuple[int, str, list[tuple[str, dict[str, Any]]]]


def _served(cloud: LocalCloud, api: Api, folder: Path, model: str) -> Framework:
    env = {
        "GOOGLE_CLOUD_PROJECT": api.project,
        "FIRESTORE_EMULATOR_HOST": cloud.emulators.firestore_host,
        "FIREBASE_AUTH_EMULATOR_HOST": "127.0.0.1:9099",
        "LOCAL_CALLER_SECRET": "secret",
        "LLM_API_KEY": "k",
        "LLM_BASE_URL": model,
    }
    return Framework("content", folder, env)


def _watch(function: Framework, api: Api) -> Answer:
    """The status, the body as it came, and its events, once the server has ended the answer."""
    headers = {"Accept": "text/event-stream", **_signed_in(api)}
    with plain.client(timeout=60) as client:
        response = client.post(f"{function.url}/api/content/generate", json=ORDER, headers=headers)
    return response.status_code, response.text, list(_events(response))


def _signed_in(api: Api) -> dict[str, str]:
    return {"Authorization": api.http.headers["Authorization"]}


def _events(response: httpx.Response) -> Iterator[tuple[str, dict[str, Any]]]:
    if response.headers["content-type"].startswith("text/event-stream"):
        for event in response.text.removesuffix("\n\n").split("\n\n"):
            name, data = event.split("\n")
            yield name.removeprefix("event: "), json.loads(data.removeprefix("data: "))


def _terminate(function: Framework, api: Api, model: SilentModel) -> list[Answer]:
    """Have texts streamed at once until the model is silent, then end the process, as Cloud Run does."""
    eventually(function.listens)
    with ThreadPoolExecutor(_STREAMS) as clients:
        answers = [clients.submit(_watch, function, api) for _ in range(_STREAMS)]
        eventually(lambda: model.silent == _STREAMS)
        assert not any(answer.done() for answer in answers)
        began = time.monotonic()
        os.kill(function.process.pid, signal.SIGTERM)
        function.process.wait(60)
        assert time.monotonic() - began < _SECONDS
        return [answer.result() for answer in answers]


def test_each_stream_ends_with_an_error(cloud: LocalCloud, api: Api, tmp_path: Path) -> None:
    with SilentModel() as model, _served(cloud, api, tmp_path, model.url) as function:
        for status, _, events in _terminate(function, api, model):
            assert (status, [name for name, _ in events]) == (200, ["text", "error"])
            text, problem = (data for _, data in events)
            assert text == {"text": "Tutors are "}
            assert (problem["status"], problem["type"]) == (503, "urn:problem:unavailable")
            assert "shut down" in problem["detail"]
        assert model.left == _STREAMS
        outcomes = [line["outcome"] for line in function.lines(kind="request")]
        assert outcomes == ["failed"] * _STREAMS
    assert api.get("/api/usage")["total"]["requests"] == _STREAMS  # what was received is counted


@pytest.mark.parametrize("mute", [False, True], ids=["a status", "nothing"])
def test_a_text_without_a_first_word_is_refused(cloud: LocalCloud, api: Api, tmp_path: Path, mute: bool) -> None:
    """The model has sent its status, or nothing at all."""
    with SilentModel(words="", mute=mute) as model, _served(cloud, api, tmp_path, model.url) as function:
        for status, body, _ in _terminate(function, api, model):
            assert (status, json.loads(body)["type"]) == (503, "urn:problem:unavailable")
            assert "shut down" in json.loads(body)["detail"]
        assert model.left == _STREAMS


def test_a_call_that_is_not_streamed_is_given_up(cloud: LocalCloud, api: Api, tmp_path: Path) -> None:
    """It may still be answered, so it is left alone, though not for longer than the process has."""
    with Provider(lambda n: Reply(seconds=60)) as model, _served(cloud, api, tmp_path, model.url) as function:
        eventually(function.listens)
        with ThreadPoolExecutor() as clients:
            answer = clients.submit(function.http.post, "/api/content/generate", json=ORDER, headers=_signed_in(api))
            eventually(lambda: model.requests)
            began = time.monotonic()
            os.kill(function.process.pid, signal.SIGTERM)
            function.process.wait(60)
            assert _SECONDS / 2 < time.monotonic() - began < _SECONDS
            assert isinstance(answer.exception(), httpx.RemoteProtocolError)
