"""Masks secrets in a line of JSON: those of the settings, tokens in headers and addresses, users in paths of
documents."""

import json
import re
from urllib.parse import unquote

from shared import settings
from shared.kit.patterns import lazy_pattern
from shared.settings import Settings

MASK = "***"
SHORTEST = 8  # characters: a shorter secret would be masked within words, and protects nothing
SECRET_ADDRESSES = ("/api/hooks/", "/api/unsubscribe/")  # what follows in the path lets anybody in

_SIGNS = (
    "earer ",
    "asic ",
    "eyJ",
    "key=",
    "token=",
    "secret=",
    "signature=",
    "ticket=",
    "users/",
    *SECRET_ADDRESSES,
)  # without any of them no pattern matches
_PATTERNS = lazy_pattern(
    r"(?P<before>\b(?:[Bb]earer|[Bb]asic) {1,3}"
    r"|\busers/"  # of a document's path: the user's id
    r"|[?&](?:key|secret|token|api_key|access_token|signature|ticket)="
    rf"|(?:{'|'.join(map(re.escape, SECRET_ADDRESSES))}))[^\s\"'\\&?/,;]+"
    r"|\beyJ[\w.-]{8,}"  # a token of its own accord: {" in base64
)


_read: tuple[Settings | None, re.Pattern[str] | None] = (None, None)  # settings, and what matches their secrets


def masked(line: str) -> str:
    """The line without secrets."""
    global _read
    config = settings.current()
    if _read[0] is not config:
        _read = (config, _secrets(config))
    if secrets := _read[1]:
        line = secrets.sub(_mask_of, line)
    if any(sign in line for sign in _SIGNS):
        line = _PATTERNS.sub(lambda match: f"{match['before'] or ''}{MASK}", line)
    return line


def _mask_of(secret: re.Match[str]) -> str:
    """What stands for a secret; for one of digits digits, as it may be within a number."""
    return "9" * len(secret[0]) if secret[0].isdigit() else MASK


def _secrets(config: Settings) -> re.Pattern[str] | None:
    """Matches the secrets of the settings: the fields that are not shown (`repr=False`), as they are written in JSON.

    None where no secret is set.
    """
    texts: set[str] = set()
    for name, field in type(config).model_fields.items():
        value = getattr(config, name)
        if not field.repr and isinstance(value, str):
            texts |= {value, *value.split(","), *_password(value)}
    written = {json.dumps(text)[1:-1] for text in texts if len(text) >= SHORTEST}
    return re.compile("|".join(map(re.escape, sorted(written, key=len, reverse=True)))) if written else None


def _password(address: str) -> list[str]:
    """The password in an address such as smtp://user:password@host."""
    match = re.fullmatch(r"\w+://[^/@:]*:(.+)@[^@]*", address)
    return [match[1], unquote(match[1])] if match else []
