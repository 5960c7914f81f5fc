"""Encrypts secrets in documents that their owner's client may read, such as a call's credentials.

Fernet (AES-128-CBC and HMAC-SHA256, https://github.com/fernet/spec) with the keys of the setting SECRETS_KEY: the
first encrypts, all decrypt: to rotate, put a new key first. A sealed text names its user, so that it cannot be opened
from another user's document.
"""

import json
from functools import cache
from typing import TYPE_CHECKING

from shared import settings
from shared.errors import Unavailable

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

_MARK = "sealed:1:"
# On emulators alone: documents there are open to everybody on the machine anyway.
_LOCAL_KEY = "bG9jYWwgZGV2ZWxvcG1lbnQgb25seSwgbm90IHNlY3I="


def seal(uid: str, text: str) -> str:
    """Encrypt a user's secret; a sealed text stays as it is. Raises Unavailable where no key is configured."""
    if is_sealed(text):
        return text
    keys = _keys()
    if keys is None:
        raise Unavailable("This installation cannot keep secrets: its operator has to set SECRETS_KEY.")
    return _MARK + keys.encrypt(json.dumps([uid, text]).encode()).decode()


def unseal(uid: str, text: str) -> str:
    """Decrypt a user's secret; a text that is not sealed, or that no key decrypts for this user, stays as it is."""
    if not is_sealed(text):
        return text
    from cryptography.fernet import InvalidToken

    keys = _keys()
    try:
        owner, secret = json.loads(keys.decrypt(text.removeprefix(_MARK))) if keys else (None, "")
    except (InvalidToken, ValueError):
        return text
    return str(secret) if owner == uid else text


def is_sealed(text: str) -> bool:
    """Whether the text is encrypted; after `unseal`, True means that no key could decrypt it."""
    return text.startswith(_MARK)


def _keys() -> "MultiFernet | None":
    config = settings.current()
    configured = config.secrets_key or (_LOCAL_KEY if config.local else None)
    return _parsed(configured) if configured else None


@cache
def _parsed(keys: str) -> "MultiFernet":
    from cryptography.fernet import Fernet, MultiFernet

    return MultiFernet([Fernet(key.strip()) for key in keys.split(",")])
