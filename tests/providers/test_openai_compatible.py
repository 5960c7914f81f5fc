"""The chat completions adapter against a server that behaves, and misbehaves, as documented."""

import pytest
from pydantic import BaseModel

from shared.errors import AppError, ProviderError, TooManyRequests, Unavailable
from shared.providers.llm.base import Message
from shared.providers.llm.openai_compatible import OpenAICompatible
from tests.providers.fake import Provider, Reply, completion


class Answer(BaseModel):
    colour: str


def _ask(provider: Provider, timeout: float = 5) -> Answer:
    model = OpenAICompatible(provider.url, "key-1", "small", timeout=timeout)
    return model.structured([Message("user", "Which colour?")], Answer)


def test_a_good_answer() -> None:
    with Provider(lambda n: completion({"colour": "red"})) as provider:
        assert _ask(provider).colour == "red"
    sent = provider.requests[0]
    assert sent["path"] == "/v1/chat/completions"
    assert sent["headers"]["authorization"] == "Bearer key-1"
    assert sent["body"]["model"] == "small"
    assert sent["body"]["response_format"]["json_schema"]["schema"]["required"] == ["colour"]


def test_an_unfitting_answer_is_repaired_once() -> None:
    with Provider(lambda n: completion({"color": "red"} if n == 1 else {"colour": "red"})) as provider:
        assert _ask(provider).colour == "red"
    assert "does not fit" in provider.requests[1]["body"]["messages"][-1]["content"]


def test_twice_unfitting_is_a_final_refusal() -> None:
    with Provider(lambda n: completion("no json")) as provider, pytest.raises(ProviderError, match="answered twice"):
        _ask(provider)
    assert len(provider.requests) == 2


@pytest.mark.parametrize(
    ("reply", "error", "words"),
    [
        (Reply(400), ProviderError, "HTTP 400"),
        (Reply(401), ProviderError, "LLM_API_KEY"),
        (Reply(402), ProviderError, "credit"),
        (Reply(403), ProviderError, "LLM_API_KEY"),
        (Reply(404), ProviderError, "LLM_MODEL"),
        (Reply(429, headers={"Retry-After": "7"}), TooManyRequests, "rate limit"),
        (Reply(429), TooManyRequests, "rate limit"),
        (Reply(500), Unavailable, "not available"),
        (Reply(503, headers={"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}), Unavailable, "not available"),
        (Reply(200, b'{"choices":['), Unavailable, "cut off"),
        (Reply(200, b'{"choices":[]}'), Unavailable, "cut off"),
        (Reply(200, b"[]"), Unavailable, "cut off"),
        (Reply(seconds=1.0), Unavailable, "in time"),
    ],
)
def test_failures_say_what_to_do_and_whether_to_retry(reply: Reply, error: type[AppError], words: str) -> None:
    with Provider(lambda n: reply) as provider, pytest.raises(error, match=words) as raised:
        _ask(provider, timeout=0.5)
    assert raised.value.retriable is (error is not ProviderError)
    assert raised.value.retry_after == (7 if reply.headers.get("Retry-After") == "7" else None)
    assert len(provider.requests) == 1
