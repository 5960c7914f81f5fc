"""Call a user's own service. What it answers is there for later steps."""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AliasChoices, Field, StringConstraints, field_validator
from pydantic_core import to_json

from shared import sealing
from shared.automations.actions import outgoing
from shared.automations.actions.action import Action
from shared.automations.actions.base import Done, Effect, StepContext
from shared.errors import Ambiguous, AnswerLost, AppError, Invalid, ProviderError, TooManyRequests, Unavailable
from shared.kit.schema import Input, OneLine, Trimmed
from shared.providers.web import causes, signing, sniffing
from shared.providers.web.addresses import locate, public
from shared.providers.web.exchange import REDIRECTS, Fetched, Interrupted, checked_headers, exchange
from shared.store import large_values

_MAX_SENT = large_values.MAX_BYTES
_MAX_KEPT = large_values.MAX_BYTES - 1_000  # with room for the rest of the output
_MAX_SHOWN = 2_000  # characters, where people are shown what would leave
_MAX_DEPTH = 20
_OURS = ("idempotency-key", causes.HEADER)


def _free(headers: dict[str, str]) -> dict[str, str]:
    try:
        given = checked_headers(headers)
    except Invalid as error:
        raise ValueError(error.detail) from error
    if ours := sorted(name for name in given if name.startswith("webhook-") or name in _OURS):
        raise ValueError(f"the header {ours[0]} is set by the call itself")
    return given


def _usable(secret: str) -> str:
    if not signing.is_usable(secret):
        raise ValueError("must be whsec_ and the base64 of 24 to 64 bytes")
    return secret


HeaderName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$")]
HeaderValue = Annotated[str, StringConstraints(pattern=r"^[\x20-\x7e]{0,4000}$"), Trimmed]


Secret = Annotated[str, StringConstraints(pattern=r"^whsec_", max_length=120), AfterValidator(_usable)]


Address = Annotated[str, StringConstraints(max_length=2_000), OneLine]  # `public` judges it


class Config(Input):
    """`body` (or `payload`) replaces what is sent by default: an object or a list as JSON, a text as it is.

    `idempotent`: the receiver drops what comes again under the same webhook-id, so an outcome that
    nobody knows is cleared up by calling again. GET asks for no effect (RFC 9110, 9.2.1).

    Later steps find the whole answer. One of more than 2 MB fails the step, though the call took place.
    """

    url: Annotated[Address, AfterValidator(public), Field(examples=["https://example.com/hook"])]
    method: Literal["POST", "PUT", "PATCH", "DELETE", "GET"] = "POST"
    headers: Annotated[dict[HeaderName, HeaderValue], Field(max_length=30), AfterValidator(_free)] = {}
    body: Any = Field(None, validation_alias=AliasChoices("body", "payload"))
    secret: Annotated[Secret | None, Field(examples=["whsec_" + "A" * 32])] = None
    timeout: Annotated[float, Field(gt=0, le=120)] = 20
    idempotent: bool = False

    @field_validator("secret", "headers", mode="before")
    @classmethod
    def _readable(cls, value: Any) -> Any:
        """A secret that no key of this installation opens is never sent as it lies there."""
        texts = value.values() if isinstance(value, dict) else [value]
        if any(isinstance(text, str) and sealing.is_sealed(text) for text in texts):
            raise ValueError("was encrypted with a key that this installation no longer has; enter it again")
        return value

    @property
    def repeatable(self) -> bool:
        return self.idempotent or self.method == "GET"


def run(context: StepContext, config: Config) -> Effect:
    """One call, under a key that is the same for each attempt at it."""
    content, headers = _content(context, config)
    headers |= causes.signed(context.uid, context.cause)
    place = locate(config.url)
    recipient = (place.authority + place.target.partition("?")[0])[:500]
    preview = {"method": config.method, "url": str(place), "body": _preview(content)}
    outgoing.check(context, {"url": config.url, "body": config.body}, recipient=recipient, text=preview)
    return Effect(
        channel="webhook",
        recipient=recipient,
        perform=lambda key: _call(config, content, {**headers, **config.headers}, key),
        find=(lambda key: None) if config.repeatable else None,  # calling again does no harm
        preview=preview,
    )


def _preview(content: bytes | None) -> str:
    text = (content or b"").decode()
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}… ({len(text):,} characters)"


def _content(context: StepContext, config: Config) -> tuple[bytes | None, dict[str, str]]:
    body = config.body
    if body is None and config.method in ("GET", "DELETE"):
        return None, {}
    content = (
        body.encode()
        if isinstance(body, str)
        else to_json(_told(context) if body is None else body, inf_nan_mode="null")
    )
    if len(content) > _MAX_SENT:
        raise Invalid.at("body", f"it has {len(content):,} bytes; at most {_MAX_SENT:,} are sent")
    is_json = not isinstance(body, str) or body.lstrip().startswith(("{", "["))
    return content, {"content-type": "application/json" if is_json else "text/plain; charset=utf-8"}


def _told(context: StepContext) -> dict[str, Any]:
    execution = context.execution
    event = execution.event.model_dump(include={"id", "trigger", "collection", "document_id"})
    return {
        "execution_id": execution.id,
        "automation_id": execution.automation_id,
        "step": context.step,
        "event": event,
        "data": execution.event.data,
    }


def _call(config: Config, content: bytes | None, headers: Mapping[str, str], key: str) -> Done:
    """Raises Ambiguous where the receiver may have acted: a proxy in between can answer 500 for it."""
    ours = {"webhook-id": key, "idempotency-key": key}
    if config.secret:
        ours |= signing.signed(config.secret, key, content or b"")
    try:
        found = exchange(
            config.url,
            method=config.method,
            headers={**headers, **ours},
            content=content,
            seconds=config.timeout,
            max_bytes=_MAX_KEPT,
            partial=True,
        )
    except Interrupted as error:
        raise _unknown(config, error) from error
    if refused := _refusal(config, found) or _lost(config, found):
        raise refused
    place = locate(found.url)
    body = _answer(found)
    left_out = body is None and found.content
    what = f" with {found.content_type}, of which nothing is kept" if left_out else ""
    return Done(f"{place} answered {found.status}{what}.", {"status": found.status, "body": body})


def _refusal(config: Config, found: Fetched) -> AppError | None:
    status, place = found.status, locate(found.url)
    if 200 <= status < 300:
        return None
    if status == 429:
        return TooManyRequests(f"{place} is called too often.", retry_after=found.retry_after)
    if status == 503:
        return Unavailable(f"{place} is not available (HTTP 503).", retry_after=found.retry_after)
    if status >= 500:
        error = f"{place} answered HTTP {status}, which does not say whether it acted."
        return _unknown(config, Unavailable(error, retry_after=found.retry_after))
    if status in REDIRECTS:
        return ProviderError(f"{place} redirects, which is not followed; use the address that it leads to.")
    return ProviderError(f"{place} refused the call (HTTP {status}); check the step's settings.")


def _lost(config: Config, found: Fetched) -> AppError | None:
    """Why the answer of a call that succeeded cannot be kept: only the whole of it is a value."""
    if not found.cut:
        return None
    answered = f"{locate(found.url)} answered {found.status}, so that the call took place, but its answer"
    if len(found.content) >= _MAX_KEPT:
        return AnswerLost(
            f"{answered} has more than {_MAX_KEPT:,} bytes, the most that is kept. Ask for less at once, such as one"
            " page, or have the step's failure passed over (on_error: continue)."
        )
    if config.repeatable:
        return Unavailable(f"{answered} broke off after {len(found.content):,} bytes.")
    return AnswerLost(f"{answered} broke off after {len(found.content):,} bytes; it is not asked again for that.")


def _unknown(config: Config, error: Unavailable) -> AppError:
    return error if config.repeatable else Ambiguous(error.detail)


def _answer(found: Fetched) -> Any:
    """JSON as such, text as it is; nothing of what is neither, which the step's message says."""
    if not found.content_type.startswith("text/") and found.content_type not in (sniffing.JSON, sniffing.XML):
        return None
    text = found.content.decode("utf-8", "replace")
    try:
        value = json.loads(text)
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):  # no JSON at all, or what cannot be stored
        return text
    return text if _deep(value) else value


def _deep(value: Any, left: int = _MAX_DEPTH) -> bool:
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return left == 0 or any(_deep(child, left - 1) for child in children)


ACTION = Action(
    name="call_webhook",
    title="Call a webhook",
    config=Config,
    run=run,
    secrets=frozenset({"secret", "headers"}),
    typed=frozenset({"body", "payload"}),
    writes=frozenset({"webhook"}),
    channel="webhook",
)
