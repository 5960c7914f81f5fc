"""Makes the error of a mail server's answer: whether it refuses the address itself, for good, or this message. Pure."""

from shared.errors import AppError, ProviderError, Unavailable, Undeliverable
from shared.kit.whitespace import one_line
from shared.providers.mail.dead_addresses import is_dead, status_of

_MAX_TEXT = 2_000  # a sentence or two; some servers add a page


def refusal(code: int, text: bytes | str, what: str, recipient: str | None = None) -> AppError:
    """The error for a server's no to `what`. `recipient`: who it is about, where the answer may be about an address."""
    reason = one_line(text.decode("utf-8", "replace") if isinstance(text, bytes) else text)
    if not 500 <= code < 600:
        return Unavailable(f"The mail server does not take {what} now: {code} {reason[:200]}")
    detail = f"The mail server refused {what}: {code} {reason[:200]}"
    if recipient is None or not is_of_address(code, reason):
        return ProviderError(detail)
    status = status_of("", reason)
    answer = f"{code} {status}" if status and "." in status else str(code)
    return Undeliverable(detail, recipient=recipient, answer=answer, reason=reason[:500])


def is_of_address(code: int, text: str) -> bool:
    """Whether a final answer to RCPT, or to the whole message, says that there is nobody at the address."""
    answer = f"{code} {text[:_MAX_TEXT]}"
    return is_dead(status_of("", answer), answer)
