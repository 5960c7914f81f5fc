"""Vertex AI: the same protocol, with the service account's token, which is fetched anew when it expires."""

from collections.abc import Callable
from typing import Any

import pytest

from shared.context import Context
from shared.errors import AppError, ProviderError, TooManyRequests, Unavailable
from shared.meter import Usage
from shared.providers import llm
from shared.providers.llm.base import LanguageModel, Message
from shared.providers.llm.vertex import _address
from shared.settings import Settings
from tests.providers.fake import Provider, Reply, answer, completion, token

QUESTION = [Message("user", "Which colour?")]


@pytest.fixture
def model(
    configure: Callable[..., None], service_account: Callable[[Provider], None]
) -> Callable[[Provider], LanguageModel]:
    """The configured model, with a service account whose tokens the same server issues."""

    def at(server: Provider) -> LanguageModel:
        service_account(server)
        configure(vertex_project="p", vertex_base_url=server.url, provider_attempts=1)
        found = llm.configured()
        assert found is not None
        return found

    return at


Model = Callable[[Provider], LanguageModel]


def test_it_answers_with_the_service_accountstoken(call: Context, model: Model) -> None:
    with Provider(lambda n: completion("Red.", sent=5, written=2), routes={"/v1/token": token()}) as server:
        ask = model(server)
        assert [ask.complete(QUESTION) for _ in range(2)] == ["Red.", "Red."]
    paths = [request["path"] for request in server.requests]
    assert paths == ["/v1/token", "/v1/chat/completions", "/v1/chat/completions"]
    assert server.requests[1]["headers"]["authorization"] == "Bearer t-1"
    assert server.requests[1]["body"]["model"] == "google/gemini-3.5-flash"
    assert call.meter.usage == [Usage("vertex", tokens=7)] * 2


def test_a_token_is_fetched_anew_before_it_expires(call: Context, model: Model) -> None:
    with Provider(lambda n: completion("Red."), routes={"/v1/token": token(seconds=1)}) as server:
        ask = model(server)
        for _ in range(2):
            ask.complete(QUESTION)
    assert [request["path"] for request in server.requests].count("/v1/token") == 2


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [
        (400, ProviderError, "VERTEX_MODEL"),
        (401, ProviderError, "Vertex AI User"),
        (402, ProviderError, "billing"),
        (403, ProviderError, "Vertex AI User"),
        (404, ProviderError, "VERTEX_LOCATION"),
        (429, TooManyRequests, "rate limit"),
        (500, Unavailable, "not available"),
    ],
)
def test_it_fails(status: int, error: type[AppError], words: str, call: Context, model: Model) -> None:
    with Provider(lambda n: Reply(status), routes={"/v1/token": token()}) as server:
        ask = model(server)
        with pytest.raises(error, match=words):
            ask.complete(QUESTION)


def test_a_refused_service_account_says_so(call: Context, model: Model) -> None:
    refused = answer({"error": "invalid_grant", "error_description": "account disabled"}, 400)
    with Provider(lambda n: completion("Red."), routes={"/v1/token": refused}) as server:
        ask = model(server)
        with pytest.raises(ProviderError, match="refused the service account"):
            ask.complete(QUESTION)
    assert [request["path"] for request in server.requests] == ["/v1/token"]


@pytest.mark.parametrize("location", ["global", "europe-west4"])
def test_its_address_names_project_and_place(location: str) -> None:
    config: dict[str, Any] = {"vertex_project": "p", "vertex_location": location}
    host = "aiplatform.googleapis.com" if location == "global" else f"{location}-aiplatform.googleapis.com"
    expected = f"https://{host}/v1beta1/projects/p/locations/{location}/endpoints/openapi"
    assert _address(Settings.model_validate(config)) == expected
