"""A line of the log, whatever is to be logged: JSON that Cloud Logging takes, without secrets, and never an error."""

import io
import json
import logging
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from functions.manifest import FUNCTIONS
from functions.spec import Http
from shared import context, log, settings, tracing
from shared.context import Context, Principal
from shared.kit import traces
from shared.log import entries, masking
from shared.settings import Settings

SETTINGS = {
    "llm_api_key": "sk-live-1234567890",
    "resend_api_key": "re_0987654321",
    "smtp_url": "smtp://us:pass%40word!@mail.example:25",
    "signing_key": 'a "quoted" \\ key of 32 characters: ä',
    "secrets_key": f"{'A' * 43}=,{'B' * 43}=",
    "local_caller_secret": "local-caller-secret",
}


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the process's own handler writes, with settings full of secrets."""
    replaced = settings.use(Settings.model_validate({"project": "p", **SETTINGS}))
    handler = logging.StreamHandler(io.StringIO())
    handler.setFormatter(log.JsonFormatter())
    logger = logging.getLogger("app")
    level = logger.level
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    yield handler.stream
    logger.removeHandler(handler)
    logger.setLevel(level)
    settings.use(replaced)


def _last(written: io.StringIO) -> dict[str, Any]:
    line = written.getvalue().splitlines()[-1]
    assert len(line.encode()) <= entries.MAX_BYTES
    entry: dict[str, Any] = json.loads(line, parse_constant=pytest.fail)
    return entry


class _Unprintable:
    def __repr__(self) -> str:
        raise RuntimeError("no text")

    def __hash__(self) -> int:
        return 1


def _cyclic() -> Any:
    cycle: dict[str, Any] = {}
    cycle["of"] = [cycle]
    return cycle


def _deep() -> Any:
    value: Any = 1
    for _ in range(100_000):
        value = [value]
    return value


VALUES: dict[str, Callable[[], Any]] = {
    "cyclic": _cyclic,
    "deep": _deep,
    "unprintable": _Unprintable,
    "keys": lambda: {_Unprintable(): 1, (1, 2): 3},
    "nan": lambda: float("nan"),
    "set": lambda: {1, 2},
    "bytes": lambda: b"\xff",
    "type": lambda: object,
    "wide and deep": lambda: {i: {j: {k: "x" * 20 for k in range(50)} for j in range(50)} for i in range(50)},
    "lists in lists": lambda: [[["x" * 20] * 100] * 100] * 100,
    "long name": lambda: {"n" * 400_000: 1},
    "number": lambda: 10**5_000,
}


@pytest.mark.parametrize("name", VALUES)
def test_any_value_is_logged(written: io.StringIO, name: str) -> None:
    value = VALUES[name]()
    log.info("taken", value=value)
    assert _last(written)["message"] == "taken"
    log.error(f"refused: {name}", exception=ValueError(value), value=value)
    assert _last(written)["severity"] == "ERROR"
    assert written.getvalue().count("\n") == 2


def test_half_a_character_is_written_as_text() -> None:
    """By the formatter alone: what no text can hold, pytest could not send to the process that reports."""
    error = ValueError("\ud800")
    record = logging.LogRecord("app", logging.ERROR, __file__, 1, "half \ud800", (), (ValueError, error, None))
    record.fields = {"value": "\ud800"}
    line = log.JsonFormatter().format(record)
    assert line.encode().decode() == line
    assert json.loads(line)["severity"] == "ERROR"


@pytest.mark.parametrize("size", [1_000, 300_000, 3_000_000])
def test_what_is_too_large_is_cut_and_says_so(written: io.StringIO, size: int) -> None:
    try:
        raise ValueError(f"begin {'x' * size} end")
    except ValueError as error:
        log.error("large", exception=error, rows=["ä" * 100] * (size // 100), answer={"of": "y" * size})
    entry = _last(written)
    assert ("cut" in entry) == (size > 1_000)
    assert entry["severity"] == "ERROR"
    assert entry["@type"]
    assert entry["stack_trace"].startswith("Traceback (most recent call last):")
    assert entry["stack_trace"].endswith(" end")


@pytest.mark.parametrize("before", range(24_960, 25_001, 8))
def test_a_cut_leaves_no_half_of_a_secret(written: io.StringIO, before: int) -> None:
    secret = SETTINGS["llm_api_key"]
    log.info("large", value=f"{'x' * before}{secret}{'y' * 300_000}", other=f"{'x' * 300_000}{secret}{'y' * before}")
    text = written.getvalue()
    assert [n for n in range(len(secret) - 6) if secret[n : n + 7] in text] == []


def test_a_secret_of_digits_is_masked_and_the_line_stays_json(written: io.StringIO) -> None:
    settings.use(Settings.model_validate({"project": "p", "google_search_key": "20261130"}))
    log.info("sent with 20261130", size=20261130, part=1.20261130)
    assert "20261130" not in written.getvalue()
    assert _last(written)["message"] == "sent with 99999999"


def test_secrets_are_masked_wherever_they_are(written: io.StringIO) -> None:
    token = "eyJhbGciOiJub25l.eyJzdWIiOiJhbm4i.c2lnbmF0dXJl"
    for name, secret in SETTINGS.items():
        for part in {secret, *secret.split(",")}:
            log.error(f"{name} is {part}", exception=ValueError(part), field=part, **{"in": [{part: part}]})
            assert json.dumps(part)[1:-1] not in written.getvalue()
    texts = {
        f"Authorization: Bearer {token}": token,
        "authorization: bearer abcdefgh12345": "abcdefgh12345",
        "Authorization: Basic dXNlcjpwYXNz": "dXNlcjpwYXNz",
        "Exception on /api/hooks/t0ken-of-an-automation [POST]": "t0ken-of",
        "https://x.example/api/unsubscribe/t0ken-of-a-contact?utm=1": "t0ken-of",
        "https://www.googleapis.com/customsearch/v1?q=a&key=AIzaSy123": "AIzaSy123",
        "refused: users/ann@x.example/prospects/1": "ann@",
        "pass%40word!": "pass%40",
        "pass@word!": "pass@",
    }
    for text, secret in texts.items():
        log.warning(text, headers={"text": text})
        assert secret not in written.getvalue(), text
    assert "/prospects/1" in written.getvalue()
    log.info("key and token of users", trace="a" * 32)
    assert (_last(written)["message"], _last(written)["trace"]) == ("key and token of users", "a" * 32)


def test_every_address_that_lets_anybody_in_is_masked(root: Any) -> None:
    public = {spec.trigger.path for spec in FUNCTIONS if isinstance(spec.trigger, Http)}
    sources = [(root / f"{spec.module.replace('.', '/')}.py").read_text() for spec in FUNCTIONS]
    secret = {
        f"{prefix}/"
        for source in sources
        if re.search(r'router\.\w+\("/\{token\}".*public=True', source)
        for prefix in re.findall(r'Router\("([^"]+)"', source)
    }
    assert secret == set(masking.SECRET_ADDRESSES)
    assert {address.rstrip("/") for address in secret} <= public


def test_a_line_names_its_call_its_user_and_its_trace(written: io.StringIO) -> None:
    place = traces.new()
    call = Context("prospects", principal=Principal("ann"), execution_id="run-1")
    with context.bound(call), tracing.within(tracing.Span(place)):
        log.info("a\nb\u2028c")
    entry = _last(written)
    assert entry["message"] == "a\nb\u2028c"
    assert written.getvalue().count("\n") == len(written.getvalue().splitlines()) == 1
    assert (entry["function"], entry["request_id"], entry["execution_id"]) == ("prospects", call.request_id, "run-1")
    assert entry["logging.googleapis.com/trace"] == f"projects/p/traces/{place.trace}"
    assert entry["logging.googleapis.com/spanId"] == place.span
    assert entry["user"] == entries.pseudonym("ann")
    assert "ann" not in written.getvalue()
    settings.use(settings.current().model_copy(update={"signing_key": "k" * 32}))
    assert entries.pseudonym("ann") != entry["user"]


def test_an_exception_is_told_once(written: io.StringIO, capsys: pytest.CaptureFixture[str]) -> None:
    handlers, level = logging.getLogger().handlers[:], logging.getLogger().level
    try:
        log.configure()
        log.configure()
        error = ValueError("once")
        log.error("failed", exception=error)
        logging.getLogger("flask").error("Exception on / [POST]", exc_info=error)
        logging.getLogger("flask").error("another", exc_info=ValueError("other"))
        lines = [json.loads(line)["message"] for line in capsys.readouterr().out.splitlines()]
        assert lines == ["failed", "another"]
    finally:
        logging.getLogger().handlers[:] = handlers
        logging.getLogger().setLevel(level)
