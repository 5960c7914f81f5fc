"""The chat completions adapter against a server that behaves, and misbehaves, as documented."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from shared import context, settings
from shared.context import Context
from shared.errors import Ambiguous, AppError, ProviderError, TooManyRequests, Unavailable
from shared.meter import Usage
from shared.providers.llm.base import Message
from shared.providers.llm.openai_compatible import OpenAICompatible, by_settings
from tests.providers.fake import Provider, Reply, completion, cut_off, huge, streamed

QUESTION = [Message("user", "Which colour?")]


class Answer(BaseModel):
    colour: str


@pytest.fixture
def call() -> Iterator[Context]:
    with context.bound(Context()) as bound:
        yield bound


def _model(provider: Provider, **update: Any) -> OpenAICompatible:
    config = settings.Settings(llm_api_key="key-1", llm_base_url=provider.url, llm_model="small", provider_attempts=1)
    config = config.model_copy(update=update)
    settings.use(config)
    return by_settings(config)


@pytest.fixture(autouse=True)
def _settings_restored() -> Iterator[None]:
    replaced = settings.use(None)
    yield
    settings.use(replaced)


def _ask(provider: Provider, **update: Any) -> Answer:
    return _model(provider, **update).structured(QUESTION, Answer)


def test_a_good_answer() -> None:
    with Provider(lambda n: completion({"colour": "red"})) as provider:
        assert _ask(provider).colour == "red"
    sent = provider.requests[0]
    assert sent["path"] == "/v1/chat/completions"
    assert sent["headers"]["authorization"] == "Bearer key-1"
    assert sent["body"]["model"] == "small"
    assert sent["body"]["response_format"]["json_schema"]["schema"]["required"] == ["colour"]


def test_an_answer_as_text() -> None:
    with Provider(lambda n: completion("Red, I think.")) as provider:
        assert _model(provider).complete(QUESTION) == "Red, I think."
    assert "response_format" not in provider.requests[0]["body"]


def test_an_unfitting_answer_is_repaired_once() -> None:
    with Provider(lambda n: completion({"color": "red"} if n == 1 else {"colour": "red"})) as provider:
        assert _ask(provider).colour == "red"
    assert "does not fit" in provider.requests[1]["body"]["messages"][-1]["content"]


def test_twice_unfitting_is_a_final_refusal_that_says_what_was_wrong() -> None:
    wrong = "answered twice .*no JSON"
    with Provider(lambda n: completion("no json")) as provider, pytest.raises(ProviderError, match=wrong):
        _ask(provider)
    assert len(provider.requests) == 2


@pytest.mark.parametrize(("refused", "form"), [(1, "json_object"), (2, None)])
def test_a_server_that_knows_no_schema_is_asked_in_the_form_that_it_takes(refused: int, form: str | None) -> None:
    with Provider(lambda n: Reply(400) if n <= refused else completion({"colour": "red"})) as provider:
        assert [_ask(provider).colour for _ in range(2)] == ["red", "red"]
    *_, first, second = (request["body"] for request in provider.requests)
    assert len(provider.requests) == refused + 2  # what it refuses is not tried anew
    for body in (first, second):
        assert body.get("response_format", {}).get("type") == form
        assert '"required": ["colour"]' in body["messages"][0]["content"]


def test_a_server_that_refuses_every_form_refuses() -> None:
    with Provider(lambda n: Reply(400)) as provider, pytest.raises(ProviderError, match="HTTP 400") as raised:
        _ask(provider)
    assert (raised.value.retriable, len(provider.requests)) == (False, 3)


def test_thoughts_are_no_part_of_a_text() -> None:
    with Provider(lambda n: completion("<think>Red? Blue?</think>\nRed.")) as provider:
        assert _model(provider).complete(QUESTION) == "Red."
    with Provider(lambda n: streamed("<thi", "nk>Red? ", "Blue?</th", "ink>\n", "Re", "d.")) as provider:
        assert "".join(_model(provider).stream(QUESTION)).strip() == "Red."
    with Provider(lambda n: streamed("<b", "> is a tag")) as provider:
        assert "".join(_model(provider).stream(QUESTION)) == "<b> is a tag"


@pytest.mark.parametrize(
    ("reply", "error", "words"),
    [
        (Reply(401), ProviderError, "LLM_API_KEY"),
        (Reply(402), ProviderError, "credit"),
        (Reply(403), ProviderError, "LLM_API_KEY"),
        (Reply(404), ProviderError, "LLM_MODEL"),
        (Reply(429, headers={"Retry-After": "7"}), TooManyRequests, "rate limit"),
        (Reply(429), TooManyRequests, "rate limit"),
        (Reply(500), Unavailable, "not available"),
        (Reply(503, headers={"Retry-After": "7"}), Unavailable, "not available"),
        (Reply(200, b'{"choices":['), Unavailable, "cut off"),
        (Reply(200, b'{"choices":[]}'), Unavailable, "cannot be read"),
        (Reply(200, b"[]"), Unavailable, "cannot be read"),
        (cut_off(), Unavailable, "broke off"),
        (Reply(seconds=1.0), Unavailable, "in time"),
    ],
)
def test_failures_say_what_to_do_and_whether_to_retry(reply: Reply, error: type[AppError], words: str) -> None:
    with Provider(lambda n: reply) as provider, pytest.raises(error, match=words) as raised:
        _ask(provider, llm_seconds=0.5 if reply.seconds else 20.0)
    assert raised.value.retriable is (error is not ProviderError)
    assert raised.value.retry_after == (7 if reply.headers.get("Retry-After") == "7" else None)
    assert len(provider.requests) == 1


def test_a_huge_answer_is_not_read_to_its_end() -> None:
    with Provider(lambda n: huge()) as provider, pytest.raises(ProviderError, match="more than 16 MiB"):
        _ask(provider)
    assert len(provider.requests) == 1


@pytest.mark.parametrize("reply", [Reply(seconds=1.0), Reply(200, b'{"choices":['), cut_off()])
def test_an_answer_that_has_its_price_is_not_asked_for_twice(reply: Reply) -> None:
    with Provider(lambda n: reply) as provider, pytest.raises(Ambiguous, match="may have charged") as raised:
        _ask(provider, llm_seconds=0.5 if reply.seconds else 20.0, llm_usd_per_million_input=1.0, provider_attempts=3)
    assert not raised.value.retriable
    assert len(provider.requests) == 1


def test_tokens_and_money_are_counted(call: Context) -> None:
    with Provider(lambda n: completion({"colour": "red"}, sent=1_000, written=100)) as provider:
        _ask(provider, llm_usd_per_million_input=2.0, llm_usd_per_million_output=10.0)
    (used,) = call.meter.usage
    assert (used.provider, used.tokens, used.cached) == ("llm", 1_100, False)
    assert used.usd == pytest.approx(0.003)


def test_a_stream_comes_piece_by_piece(call: Context) -> None:
    with Provider(lambda n: streamed("Re", "d.", sent=10, written=2)) as provider:
        pieces = list(_model(provider).stream(QUESTION))
    assert pieces == ["Re", "d."]
    assert call.meter.usage == [Usage("llm", tokens=12)]
    assert provider.requests[0]["body"]["stream_options"] == {"include_usage": True}


def test_a_stream_that_is_refused_says_so_before_it_begins(call: Context) -> None:
    with Provider(lambda n: Reply(401)) as provider, pytest.raises(ProviderError, match="LLM_API_KEY"):
        _model(provider).stream(QUESTION)
    assert call.meter.usage == []


@pytest.mark.parametrize("reply", [streamed("Re", ends=False), Reply(parts=[b"data: {\n\n"])])
def test_a_stream_that_breaks_off_is_no_answer(reply: Reply, call: Context) -> None:
    with Provider(lambda n: reply) as provider, pytest.raises(Unavailable, match="broke off"):
        list(_model(provider).stream(QUESTION))
    assert call.meter.usage == [Usage("llm")]
