"""robots.txt: honoured, remembered for a while, and no way around the door."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from shared.errors import Invalid, ProviderError, Unavailable
from shared.kit import clock
from shared.kit.clock import VirtualClock
from shared.providers.web import robots
from tests.providers.web.site import Asked, Site, response

RULES = b"""User-agent: *
Disallow: /private

User-agent: prospecting-backend
Disallow: /not-us
Allow: /not-us/but-this
"""


@pytest.fixture(autouse=True)
def time() -> Iterator[VirtualClock]:
    robots.forget()
    ticking = VirtualClock(datetime(2026, 1, 1, tzinfo=UTC))
    replaced = clock.install(ticking)
    yield ticking
    clock.install(replaced)
    robots.forget()


def test_what_it_says_of_us_counts() -> None:
    with Site(lambda asked: response(RULES)) as site:
        robots.check(f"{site.url}/private")
        robots.check(f"{site.url}/not-us/but-this")
        with pytest.raises(ProviderError, match=r"robots\.txt asks robots not to"):
            robots.check(f"{site.url}/not-us/page?x=1")
    assert [asked.target for asked in site.asked] == ["/robots.txt"]


def test_it_is_asked_again_after_a_while(time: VirtualClock) -> None:
    with Site(lambda asked: response(RULES if len(site.asked) == 1 else b"")) as site:
        with pytest.raises(ProviderError):
            robots.check(f"{site.url}/not-us")
        time.advance(timedelta(hours=13))
        robots.check(f"{site.url}/not-us")
    assert len(site.asked) == 2


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_missing_it_allows_all(status: int) -> None:
    with Site(lambda asked: response(RULES, status)) as site:
        robots.check(f"{site.url}/not-us")
        robots.check(f"{site.url}/not-us")
    assert len(site.asked) == 1


@pytest.mark.parametrize("status", [500, 503, 429, 0])
def test_unknown_it_forbids_all_for_a_moment(status: int, time: VirtualClock) -> None:
    def answer(asked: Asked) -> list[bytes]:
        if len(site.asked) > 1:
            return response(RULES)
        return response(b"", status) if status else []

    with Site(answer) as site:
        for _ in range(2):
            with pytest.raises(Unavailable, match="what robots may read" if status else "broke off") as raised:
                robots.check(f"{site.url}/page")
            assert raised.value.retry_after == 5
        time.advance(timedelta(seconds=5))
        robots.check(f"{site.url}/page")
    assert len(site.asked) == 2


def test_a_redirect_counts_for_the_site_that_was_asked() -> None:
    def answer(asked: Asked) -> list[bytes]:
        return response(RULES) if asked.target == "/rules" else response(b"", 301, location="/rules")

    with Site(answer) as site, pytest.raises(ProviderError):
        robots.check(f"{site.url}/not-us")


def test_it_leads_nobody_inside() -> None:
    with Site(lambda asked: response(b"", 302, location="http://169.254.169.254/")) as site:
        with pytest.raises(Invalid, match="link-local"):
            robots.check(f"{site.url}/page")
        with pytest.raises(Invalid):
            robots.check("http://metadata.google.internal/")


def test_of_an_endless_one_the_beginning_counts() -> None:
    endless = RULES + b"# nothing\n" * 100_000
    with Site(lambda asked: response(endless)) as site, pytest.raises(ProviderError):
        robots.check(f"{site.url}/not-us")
