"""Who may call what, tried on every endpoint in production's settings, and written down in infra/access.md.

`UPDATE_TABLE=1` writes the table anew.
"""

import os
import re
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest

from functions.manifest import FUNCTIONS
from functions.spec import DocumentWritten, FunctionSpec, Http, Queue, Schedule, Topic
from infra.local import calls, plain
from shared import settings
from tests.contract.operations import Operation, operations
from tests.fixtures.google import key_server, key_set, signed, users_claims
from tests.fixtures.production import Production
from tests.fixtures.served import Served

_TITLE = """# Who may call what

Made by `tests/contract/test_access.py` (`UPDATE_TABLE=1`), which calls each endpoint as nobody, as a user and as an
operator. A signed-in user reaches their own documents alone (`tests/contract/test_two_users.py`); who has the secret
address of a path reaches what it stands for. Functions of the platform answer the Google account of their caller alone.

| endpoint | who may call it |
|---|---|
"""
_CALLERS = {DocumentWritten: "Eventarc", Topic: "Pub/Sub", Queue: "Cloud Tasks", Schedule: "Cloud Scheduler"}
_REFUSED = (401, 403)
pytestmark = pytest.mark.slow


@pytest.fixture
def production(served: Served) -> Iterator[Served]:
    """The same server with the emulators' privileges taken away: no development user, no unsigned token, no secret."""
    with key_server(key_set()) as url:
        values = settings.current().model_dump() | {"token_keys_url": url, "caller_keys_url": url}
        replaced = settings.use(Production.model_validate(values | {"local_caller_secret": None}))
        yield served
        settings.use(replaced)


def _token(project: str, **claims: Any) -> str:
    return signed(users_claims(project, **claims))


def _who(operation: Operation, production: Served) -> str:
    """Who is not refused; ids in the path are none that exist."""
    url = production.url + re.sub(r"{\w+}", "x" * 20, operation.path)

    def status(token: str | None) -> int:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return plain.request(operation.method, url, headers=headers).status_code

    if (nobody := status(None)) not in _REFUSED:
        return "whoever has the address" if "{" in operation.path else "anybody"
    assert nobody == 401, f"{operation.name}: nobody is refused with {nobody}"
    if (user := status(_token(production.project))) not in _REFUSED:
        return "a signed-in user"
    operator = status(_token(production.project, operator=True))
    assert (user, operator in _REFUSED) == (403, False), f"{operation.name}: {user} and {operator}"
    return "an operator"


def _caller(spec: FunctionSpec, production: Served) -> str:
    """The platform's caller; nobody, a user and an operator are refused."""
    for token in (None, _token(production.project), _token(production.project, operator=True)):
        headers, body = calls.of(spec)
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
        answer = plain.post(f"{production.internal}/{spec.name}/", content=body, headers=headers)
        assert answer.status_code == 403, f"{spec.name} answers {answer.status_code}"
    return _CALLERS[type(spec.trigger)]


def test_the_table_is_what_was_tried(production: Served, root: Path) -> None:
    table = root / "infra/access.md"
    rows = [(f"{operation.method} `{operation.path}`", _who(operation, production)) for operation in operations()]
    internal = [spec for spec in FUNCTIONS if not isinstance(spec.trigger, Http)]
    rows += [(f"function `{spec.deployed_name}`", f"{_caller(spec, production)} alone") for spec in internal]
    text = _TITLE + "".join(f"| {endpoint} | {who} |\n" for endpoint, who in rows)
    if os.environ.get("UPDATE_TABLE") == "1":
        table.write_text(text)
    written = table.read_text() if table.exists() else ""
    changes = "\n".join(unified_diff(written.splitlines(), text.splitlines(), "written", "tried", n=0))
    assert not changes, f"{changes}\nIf this is meant, run this test with UPDATE_TABLE=1."
    declared = {operation.name for operation in operations() if operation.public}
    open_to_all = {
        re.sub(r"[`|]", "", endpoint) for endpoint, who in rows if who in ("anybody", "whoever has the address")
    }
    assert open_to_all == declared
