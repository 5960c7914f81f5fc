"""Finds secrets in texts: keys and tokens by their issuers' forms, and random values of names like `api_key`. Pure.

Forms: those that the issuers document. A random value is one of at least 20 characters, of at least 3.5 bits a
character by Shannon's formula, and with a digit.
"""

import re
from bisect import bisect
from collections import Counter
from collections.abc import Iterator
from math import log2
from typing import NamedTuple

_ENTROPY, _NAME = 3.5, rb"secret|token|passw(?:or)?d|api_?key|private_?key|access_?key|signing_?key|credential"
_NAMED = re.compile(rb"(?i:" + _NAME + rb")\w{0,24}[\"']?\s{0,4}(?::\s{0,4}\w{1,20}\s{0,4}=|[:=])\s{0,4}[\"']?"
                    rb"(?P<value>[A-Za-z0-9+/_=-]{20,200})(?![\w(.\[])")  # fmt: skip
# For each kind, what every value of it contains, so that most files are passed over at once, and its form.
_FORMS: dict[str, tuple[bytes, re.Pattern[bytes]]] = {
    "private key": (
        b"PRIVATE KEY-----",
        re.compile(rb"-----BEGIN (?:[A-Z]+ ){0,2}PRIVATE KEY-----[\\nr\s]{0,8}[A-Za-z0-9+/=]{16,64}"),
    ),
    "service account": (b"private_key_id", re.compile(rb'"private_key_id"\s*:\s*"[0-9a-f]{40}"')),
    "Google API key": (b"AIza", re.compile(rb"\bAIza[0-9A-Za-z_-]{35}(?![\w-])")),
    "Google client secret": (b"GOCSPX-", re.compile(rb"\bGOCSPX-[\w-]{28}(?![\w-])")),
    "AWS access key": (b"A", re.compile(rb"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b")),
    "Stripe key": (b"k_", re.compile(rb"\b[rs]k_(?:live|test)_[0-9A-Za-z]{16,}")),
    "OpenAI key": (b"sk-", re.compile(rb"\bsk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{32,}")),
    "Slack token": (b"xox", re.compile(rb"\bxox[abeoprs]-[0-9A-Za-z-]{10,}")),
    "GitHub token": (b"gh", re.compile(rb"\b(?:gh[opsur]_[0-9A-Za-z]{36}|github_pat_[0-9A-Za-z_]{40,})")),
    "Resend key": (b"re_", re.compile(rb"\bre_[0-9A-Za-z]{8}_[0-9A-Za-z]{20,}\b")),
    "webhook secret": (b"whsec_", re.compile(rb"\bwhsec_[A-Za-z0-9+/]{24,}={0,2}")),
    "JWT": (b"eyJ", re.compile(rb"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*")),
    "password in a URL": (
        b"://",
        re.compile(rb"\b[a-z][a-z+]{1,12}://[^\s/:@\"'<>{}$]{1,64}:[^\s/@\"'<>{}$]{3,64}(?=@[\w\[])"),
    ),
}


class Secret(NamedTuple):
    kind: str
    value: str
    line: int


def secrets(data: bytes) -> Iterator[Secret]:
    """The secrets in a file's bytes, in time proportional to its size. Files with NUL bytes are no text."""
    if b"\0" in data[:8_192]:
        return
    seen: list[tuple[str, bytes, int]] = []
    for kind, (part, form) in _FORMS.items():
        if part in data:
            seen += [(kind, match.group(), match.start()) for match in form.finditer(data)]
    named = (match for match in _NAMED.finditer(data) if _is_random(match["value"]))
    seen += [("random value", match["value"], match.start()) for match in named]
    ends = [match.start() for match in re.finditer(b"\n", data)] if seen else []
    for kind, value, start in seen:
        yield Secret(kind, value.decode("utf-8", "replace"), bisect(ends, start) + 1)


def _is_random(value: bytes) -> bool:
    counts = Counter(value)
    entropy = -sum(n / len(value) * log2(n / len(value)) for n in counts.values())
    return entropy >= _ENTROPY and bool(re.search(rb"\d", value))
