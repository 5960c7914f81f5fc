"""Encrypts secrets in documents that their owner's client may read, such as a call's credentials.

Fernet (AES-128-CBC and HMAC-SHA256, https://github.com/fernet/spec) with the keys of the setting SECRETS_KEY: the
first encrypts, all decrypt: to rotate, put a new key first. A sealed text names its user, so that it cannot be opened
from another user's document.
"""

import hashlib
import json
from functools import cache
from typing import TYPE_CHECKING

from shared import settings
from shared.errors import Unavailable

if TYPE_CHECKING:
    from cryptography.fernet import Fernet, MultiFernet

settings.require("the secrets that users keep are encrypted with it", "secrets_key")

_MARK = "sealed:1:"
# On emulators alone: documents there are open to everybody on the machine anyway.
_LOCAL_KEY = "bG9jYWwgZGV2ZWxvcG1lbnQgb25seSwgbm90IHNlY3I="


def seal(uid: str, text: str) -> str:
    """Encrypt a user's secret; a sealed text stays as it is. Raises Unavailable where no key is configured."""
    if is_sealed(text):
        return text
    fernets = _fernets()
    if not fernets:
        raise Unavailable("This installation cannot keep secrets: its operator has to set SECRETS_KEY.")
    return _MARK + fernets[0].encrypt(json.dumps([uid, text]).encode()).decode()


def unseal(uid: str, text: str) -> str:
    """Decrypt a user's secret; a text that is not sealed, or that no key decrypts for this user, stays as it is."""
    if not is_sealed(text):
        return text
    from cryptography.fernet import InvalidToken

    fernets = _fernets()
    try:
        owner, secret = json.loads(_opening(fernets).decrypt(text.removeprefix(_MARK))) if fernets else (None, "")
    except (InvalidToken, ValueError):
        return text
    return str(secret) if owner == uid else text


def renewed(uid: str, text: str) -> str:
    """The secret, sealed by the newest key. One that no key opens stays as it is. Raises Unavailable where there is no
    key."""
    if not is_sealed(text):
        return seal(uid, text)
    from cryptography.fernet import InvalidToken

    token, fernets = text.removeprefix(_MARK).encode(), _fernets()
    try:
        if fernets:
            fernets[0].decrypt(token)
        return text
    except InvalidToken:
        pass
    try:
        return _MARK + _opening(fernets).rotate(token).decode()
    except InvalidToken:
        return text


def newest_key() -> str:
    """A name for the key that seals, which does not reveal the key; empty where there is none."""
    key = _configured().split(",")[0].strip()
    return hashlib.sha256(b"secrets-key:" + key.encode()).hexdigest()[:16] if key else ""


def is_sealed(text: str) -> bool:
    """Whether the text is encrypted; after `unseal`, True means that no key could decrypt it."""
    return text.startswith(_MARK)


def _configured() -> str:
    config = settings.current()
    return config.secrets_key or (_LOCAL_KEY if config.local else "")


def _fernets() -> "list[Fernet]":
    """A Fernet for each key, the newest first."""
    return _parsed(_configured())


def _opening(fernets: "list[Fernet]") -> "MultiFernet":
    from cryptography.fernet import MultiFernet

    return MultiFernet(fernets)


@cache
def _parsed(keys: str) -> "list[Fernet]":
    from cryptography.fernet import Fernet

    return [Fernet(key.strip()) for key in keys.split(",") if key.strip()]
