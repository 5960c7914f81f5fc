"""Calls the OpenAI chat completions protocol, which OpenAI, Ollama, vLLM and Gemini speak."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any, TypeVar

from pydantic import BaseModel

from shared import context, settings
from shared.errors import ProviderError, RequestRefused, Unavailable
from shared.kit import ids
from shared.meter import Usage
from shared.providers import calls
from shared.providers.calls import Provider, Request, bearer
from shared.providers.llm import lenient
from shared.providers.llm.base import Message
from shared.providers.llm.lenient import Unusable
from shared.providers.llm.thoughts import streamed_without_thoughts, without_thoughts
from shared.settings import Settings

T = TypeVar("T", bound=BaseModel)
TRANSIENT = frozenset({408, 409})
# The forms of answers, the strictest first: OpenAI, Ollama and vLLM know the first, others the second, or none.
_FORMS = ("json_schema", "json_object", "none")
_forms_refused: dict[tuple[str, str], int] = {}  # by address and model: how many of the forms a server has refused
_BROKEN_OFF = "The language model broke off its answer; try again."
_CACHE_LIFETIME = timedelta(hours=1)  # longer than a step's retries usually last
Check = Callable[[dict[str, Any]], object]


def by_settings(config: Settings) -> "OpenAICompatible":
    """The model at LLM_BASE_URL."""
    remedies = {
        400: "The language model refused the request (HTTP 400); check LLM_MODEL and LLM_BASE_URL.",
        402: "The language model's account has no credit; top it up or remove LLM_API_KEY.",
        404: f"The model {config.llm_model} is unknown at LLM_BASE_URL; check LLM_MODEL.",
    }
    provider = Provider(
        "llm",
        "The language model",
        config.llm_base_url,
        key="LLM_API_KEY",
        secrets=bearer(config.llm_api_key),
        seconds=config.llm_seconds,
        remedies=remedies,
        transient=TRANSIENT,
    )
    return OpenAICompatible(provider, config.llm_model)


class OpenAICompatible:
    """A language model behind the chat completions protocol."""

    def __init__(self, provider: Provider, model: str) -> None:
        self.name = model
        self._provider = provider

    def structured(self, messages: Sequence[Message], answer: type[T]) -> T:
        text = self._formed(messages, answer)
        try:
            return lenient.read(text, answer)
        except Unusable as error:
            repair = Message("user", f"That does not fit the schema ({error}). Answer again with valid JSON only.")
        rounds = [*messages, Message("assistant", text), repair]
        text = self._formed(rounds, answer, lambda repaired: self._fitting(answer, _content(repaired)))
        return self._fitting(answer, text)

    def _formed(self, messages: Sequence[Message], answer: type[BaseModel], check: Check | None = None) -> str:
        """The text of an answer in the strictest form that the server takes; a server is asked for that once."""
        server = (self._provider.base_url, self.name)
        for number in range(_forms_refused.get(server, 0), len(_FORMS)):
            form, asked = _form(number, messages, answer)
            try:
                text = self._answer(asked, form, check)
            except RequestRefused:
                if number == len(_FORMS) - 1:
                    raise
                continue
            _forms_refused[server] = number
            return text
        raise AssertionError("unreachable")

    def complete(self, messages: Sequence[Message]) -> str:
        return without_thoughts(self._answer(messages, {})).strip()

    def stream(self, messages: Sequence[Message]) -> Iterator[str]:
        request = self._request(messages, {"stream": True, "stream_options": {"include_usage": True}})
        pieces = streamed_without_thoughts(self._pieces(request))
        first = next(pieces, "")  # so that a refusal is raised here, before the caller starts a stream of its own

        def all_pieces() -> Iterator[str]:
            yield first
            yield from pieces

        return all_pieces()

    def _pieces(self, request: Request) -> Iterator[str]:
        used, call = Usage(self._provider.name), context.current()
        with calls.events(self._provider, request) as events:
            try:
                for event in events:
                    if event == "[DONE]":
                        return
                    chunk = self._chunk(event)
                    used = self._used(chunk) if chunk.get("usage") else used
                    for choice in chunk.get("choices") or ():
                        yield str((choice.get("delta") or {}).get("content") or "")
                raise Unavailable(_BROKEN_OFF)
            finally:
                call.meter.usage.append(used)

    def _chunk(self, event: str) -> dict[str, Any]:
        try:
            chunk = json.loads(event)
        except ValueError:
            chunk = None
        if not isinstance(chunk, dict) or "error" in chunk:
            raise Unavailable(_BROKEN_OFF)
        return chunk

    def _fitting(self, answer: type[T], text: str) -> T:
        try:
            return lenient.read(text, answer)
        except Unusable as error:
            sentence = (
                f"The model {self.name} answered twice in a form that cannot be used ({error}); use another model."
            )
            raise ProviderError(sentence) from error

    def _answer(self, messages: Sequence[Message], form: dict[str, Any], check: Check | None = None) -> str:
        """The text of an answer. Cached only for work that may be repeated after a failure: a user who sends the same
        messages again wants another answer."""
        again = context.current().redelivered or ids.repeating()
        answer = calls.call(
            self._provider,
            self._request(messages, form),
            check=check or _content,
            used=self._used,
            cache_for=_CACHE_LIFETIME if again else None,
        )
        return _content(answer)

    def _request(self, messages: Sequence[Message], form: dict[str, Any]) -> Request:
        body = {
            "model": self.name,
            "messages": [{"role": message.role, "content": message.content} for message in messages],
            **form,
        }
        config = settings.current()
        priced = config.llm_usd_per_million_input + config.llm_usd_per_million_output > 0
        return Request("/chat/completions", body, paid=priced)

    def _used(self, answer: dict[str, Any]) -> Usage:
        """The usage of an answer: tokens as it counts them, dollars by the settings' prices."""
        config, counted = settings.current(), answer.get("usage")
        if not isinstance(counted, dict):
            return Usage(self._provider.name)
        sent, written = (max(0, int(counted.get(name) or 0)) for name in ("prompt_tokens", "completion_tokens"))
        usd = (sent * config.llm_usd_per_million_input + written * config.llm_usd_per_million_output) / 1e6
        return Usage(self._provider.name, tokens=sent + written, usd=usd)


def _content(answer: dict[str, Any]) -> str:
    """The text of the first choice, which may come in parts."""
    content = answer["choices"][0]["message"]["content"] or ""
    if isinstance(content, list):
        return "".join(str(part["text"]) for part in content if part.get("type") == "text")
    return str(content)


def _form(
    number: int, messages: Sequence[Message], answer: type[BaseModel]
) -> tuple[dict[str, Any], Sequence[Message]]:
    """The request's fields that ask for JSON in one of the forms, and the messages that go with them."""
    schema = answer.model_json_schema()
    if _FORMS[number] == "json_schema":
        form = {"type": "json_schema", "json_schema": {"name": answer.__name__, "schema": schema}}
        return {"response_format": form}, messages
    wish = Message("system", f"Answer with JSON that fits this schema: {json.dumps(schema)}")
    form = {"response_format": {"type": "json_object"}} if _FORMS[number] == "json_object" else {}
    return form, [wish, *messages]
