"""The OpenAI chat completions protocol, which OpenAI, Ollama, vLLM and Gemini's endpoint speak."""

from collections.abc import Sequence
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from shared.errors import AppError, ProviderError, TooManyRequests, Unavailable
from shared.providers.llm.base import Message

T = TypeVar("T", bound=BaseModel)


class OpenAICompatible:
    def __init__(self, base_url: str, key: str, model: str, *, timeout: float) -> None:
        self.name = model
        self._url = base_url.rstrip("/") + "/chat/completions"
        self._key = key
        self._timeout = timeout

    def structured(self, messages: Sequence[Message], answer: type[T]) -> T:
        text = self._complete(messages, answer)
        try:
            return answer.model_validate_json(text)
        except ValidationError as error:
            problem = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()[:5])
        repair = Message("user", f"That does not fit the schema ({problem}). Answer again with valid JSON only.")
        text = self._complete([*messages, Message("assistant", text), repair], answer)
        try:
            return answer.model_validate_json(text)
        except ValidationError as error:
            raise ProviderError(f"The model {self.name} answered twice in a form that cannot be used.") from error

    def _complete(self, messages: Sequence[Message], answer: type[BaseModel]) -> str:
        schema = {"name": answer.__name__, "schema": answer.model_json_schema()}
        request = {
            "model": self.name,
            "messages": [{"role": m.role, "content": m.content} for m in messages],
            "response_format": {"type": "json_schema", "json_schema": schema},
        }
        headers = {"authorization": f"Bearer {self._key}"}
        try:
            response = httpx.post(self._url, json=request, headers=headers, timeout=self._timeout)
        except httpx.HTTPError as error:
            raise Unavailable("The language model did not answer in time; it is tried again.") from error
        if response.status_code != httpx.codes.OK:
            raise self._refusal(response)
        try:
            content: Any = response.json()["choices"][0]["message"]["content"]
        except (ValueError, LookupError, TypeError) as error:
            raise Unavailable("The language model's answer was cut off; it is tried again.") from error
        return str(content or "")

    def _refusal(self, response: httpx.Response) -> AppError:
        status = response.status_code
        if status == httpx.codes.TOO_MANY_REQUESTS:
            return TooManyRequests("The language model's rate limit is reached.", retry_after=_retry_after(response))
        if status >= 500 or status in (408, 409):
            return Unavailable(
                "The language model is not available; it is tried again.", retry_after=_retry_after(response)
            )
        if status in (401, 403):
            return ProviderError("The language model refused the key; check LLM_API_KEY and its permissions.")
        if status == 402:
            return ProviderError("The language model's account has no credit; top it up or remove LLM_API_KEY.")
        if status == 404:
            return ProviderError(f"The model {self.name} is unknown at LLM_BASE_URL; check LLM_MODEL.")
        return ProviderError(
            f"The language model refused the request (HTTP {status}); check LLM_MODEL and LLM_BASE_URL."
        )


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds; the date form of the header is rare here and left to the usual backoff."""
    try:
        return max(0.0, float(response.headers["retry-after"]))
    except (KeyError, ValueError):
        return None
