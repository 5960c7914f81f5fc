"""Data that fills a webhook's header makes no header of its own, and no text makes a log line."""

import json
import logging
from collections.abc import Iterator
from io import StringIO

import pytest

from shared import log
from tests.automations.played import play
from tests.fixtures.api import Api
from tests.providers.mail.hostile import TEXTS
from tests.providers.web.site import Site, response


@pytest.mark.parametrize(
    "name", ["Ann\r\nX-Evil: 1", "Ann\nX-Evil: 1", "Ann\rX-Evil: 1", "A\u2028X-Evil: 1", "A\x00b", "Zoë"]
)
def test_a_header_filled_with_a_line_break_is_refused_by_name(api: Api, name: str) -> None:
    with Site(lambda asked: response()) as site:
        step = {"action": "call_webhook", "config": {"url": site.url, "headers": {"X-Name": "{{ input.name }}"}}}
        run = play(api, step, name=name)
    assert site.asked == []
    assert (run["status"], "headers" in run["error"]) == ("failed", True)


def test_what_is_around_a_header_is_trimmed_and_nothing_else_is_sent(api: Api) -> None:
    with Site(lambda asked: response()) as site:
        step = {"action": "call_webhook", "config": {"url": site.url, "headers": {"X-Name": "{{ input.name }}"}}}
        run = play(api, step, name="Ann Lee\r\n")
    assert run["status"] == "success"
    [asked] = site.asked
    assert asked.headers["x-name"] == "Ann Lee"
    assert "x-evil" not in asked.headers


@pytest.fixture
def written() -> Iterator[StringIO]:
    """What the process's own log handler writes."""
    handler = logging.StreamHandler(StringIO())
    handler.setFormatter(log.JsonFormatter())
    logging.getLogger("app").addHandler(handler)
    yield handler.stream
    logging.getLogger("app").removeHandler(handler)


def test_a_hostile_text_is_one_line_of_the_log(written: StringIO) -> None:
    for text in TEXTS:
        log.error(f"not read: {text}", name=text)
    lines = written.getvalue().split("\n")[:-1]
    assert len(lines) == len(TEXTS) == len(written.getvalue().splitlines())
    assert [json.loads(line)["name"] for line in lines] == list(TEXTS)
