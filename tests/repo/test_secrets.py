"""No file of the repository holds a secret, but for invented ones, which are listed with their files."""

import json
import subprocess
from collections import defaultdict
from itertools import chain
from pathlib import Path

import pytest

from infra.security.secrets import Secret, secrets

_INVENTED = "infra/security/invented_secrets.json"
_RANDOM = "q7Zk2vXr9TbLw4NcHs8YdJf3Gm6PaEuV5oRiKx1W"
# One of each kind, put together here so that this file has none.
_PLANTED = {
    "private key": "-----BEGIN RSA " + "PRIVATE KEY-----\n" + "MIIEowIBAAKCAQEAx7Zk2vXr9TbLw4NcHs8Y",
    "service account": '"private_key' + '_id": "' + "0123456789abcdef0123456789abcdef01234567" + '"',
    "Google API key": "AI" + "za" + _RANDOM[:35],
    "Google client secret": "GOC" + "SPX-" + _RANDOM[:28],
    "AWS access key": "AK" + "IA" + "Q7ZK2VXR9TBLW4NC",
    "Stripe key": "sk_" + "live_" + _RANDOM[:24],
    "OpenAI key": "sk" + "-proj-" + _RANDOM,
    "Slack token": "xo" + "xb-123456789012-" + _RANDOM[:24],
    "GitHub token": "gh" + "p_" + _RANDOM[:36],
    "Resend key": "re" + "_q7Zk2vXr_" + _RANDOM[:24],
    "webhook secret": "wh" + "sec_" + _RANDOM[:32],
    "JWT": "ey" + "JhbGciOiJSUzI1NiJ9." + "ey" + "JzdWIiOiJhbm4ifQ." + _RANDOM,
    "password in a URL": "postgres" + "://app:hunter22" + "@db.example/main",
}


def _seen(root: Path) -> dict[str, set[Secret]]:
    """The secrets of each file that is or would be committed."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=root, capture_output=True, check=True, text=True).stdout.split("\0")
    files = {name: root / name for name in names if name and (root / name).is_file()}
    assert len(files) > 1_000
    return {name: found for name, file in files.items() if (found := set(secrets(file.read_bytes())))}


def test_no_file_holds_a_secret(root: Path) -> None:
    listed = json.loads((root / _INVENTED).read_text())
    invented = defaultdict(list, listed | {_INVENTED: [*chain(*listed.values())]})
    seen = _seen(root)
    assert [
        (name, s.kind, s.line) for name, those in seen.items() for s in those if s.value not in invented[name]
    ] == []
    values = {name: {s.value for s in those} for name, those in seen.items()}
    assert [(name, v) for name, those in listed.items() for v in those if v not in values.get(name, ())] == []


@pytest.mark.parametrize("kind", _PLANTED)
def test_a_planted_secret_is_seen(kind: str) -> None:
    planted = f"first line\nx = {_PLANTED[kind]}\n".encode()
    assert (kind, 2) in [(secret.kind, secret.line) for secret in secrets(planted)]


@pytest.mark.parametrize(
    "text",
    [
        'API_KEY = "{}"',
        "api-key: {}".replace("-", "_"),
        '{{"clientSecret": "{}"}}',
        "export SMTP_PASSWORD={}",
        "password: str = '{}'",
        "SIGNING_KEY={}\n",
    ],
)
def test_a_random_value_of_a_secrets_name_is_seen(text: str) -> None:
    assert [secret.value for secret in secrets(text.format(_RANDOM).encode())] == [_RANDOM]


def test_each_of_very_many_is_seen_on_its_line() -> None:
    planted = (_PLANTED["AWS access key"] + "\n") * 20_000
    assert [secret.line for secret in secrets(planted.encode())] == [*range(1, 20_001)]


@pytest.mark.parametrize(
    "text",
    [
        "token = unsigned_token_of_the_project_123(uid)",
        'secret = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1"',
        'page_token_field = "the_cursor_of_the_next_page"',
        "SMTP_URL=smtp://user:${PASSWORD}@host",
        "https://example.com:8080/@name",
    ],
)
def test_what_is_no_secret_is_let_alone(text: str) -> None:
    assert list(secrets(text.encode())) == []
