"""The guarded door against sites that behave, and misbehave, in every way."""

import gzip
import ssl
import threading
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shared import settings
from shared.errors import AppError, Invalid, ProviderError, TooManyRequests, Unavailable
from shared.providers.web.exchange import Interrupted, exchange
from shared.providers.web.fetch import fetch
from shared.settings import Settings
from tests.providers.web.certificates import authority
from tests.providers.web.site import PUBLIC, Asked, Internet, Site, response


def test_a_page_is_read(monkeypatch: pytest.MonkeyPatch, on_emulators: Settings) -> None:
    settings.use(on_emulators.model_copy(update={"web_contact_url": "https://us.example/robot"}))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NETRC", "/dev/null")
    with Site(lambda asked: response(b"<html>hi", content_type="text/html; charset=utf-8")) as site:
        found = fetch(f"{site.url}/a?b=c", headers={"Accept-Language": "en"})
    assert (found.status, found.content, found.content_type, found.cut) == (200, b"<html>hi", "text/html", False)
    assert found.url == f"{site.url}/a?b=c"
    [asked] = site.asked
    assert (asked.method, asked.target) == ("GET", "/a?b=c")
    assert asked.headers == {
        "host": f"127.0.0.1:{site.port}",
        "user-agent": "prospecting-backend/1.0 (+https://us.example/robot)",
        "accept": "*/*",
        "accept-language": "en",
        "accept-encoding": "gzip, identity",
        "connection": "close",
    }


def test_a_name_is_resolved_once_and_its_checked_address_connected_to() -> None:
    with Site(lambda asked: response()) as site:
        internet = site.internet([PUBLIC], ["127.0.0.1"])
        assert fetch("http://shop.example/", network=internet.network).content == b"ok"
    assert (internet.resolved, internet.connected) == (["shop.example"], [PUBLIC])
    assert site.asked[0].headers["host"] == "shop.example"


def test_a_name_that_changes_its_mind_is_found_out() -> None:
    with Site(lambda asked: response(b"", 302, location="/again")) as site:
        internet = site.internet([PUBLIC], ["169.254.169.254"])
        with pytest.raises(Invalid, match=r"shop\.example leads to a link-local address"):
            fetch("http://shop.example/", network=internet.network)
    assert (internet.connected, len(site.asked)) == ([PUBLIC], 1)


def test_the_next_address_is_tried() -> None:
    with Site(lambda asked: response()) as site:
        internet = site.internet(["2606:4700:4700::1111", PUBLIC])
        internet.unreachable = {"2606:4700:4700::1111"}
        assert fetch("http://shop.example/", network=internet.network).status == 200
    assert internet.connected == ["2606:4700:4700::1111", PUBLIC]


def test_tls_keeps_the_name(tmp_path: Path) -> None:
    theirs, ours = authority(tmp_path, "shop.example")
    names: list[str | None] = []
    theirs.sni_callback = lambda socket, name, context: names.append(name)
    with Site(lambda asked: response(), tls=theirs) as site:
        internet = Internet(site, [[PUBLIC]], tls=lambda: ours)
        assert fetch("https://shop.example/", network=internet.network).status == 200
        with pytest.raises(ProviderError, match="no valid certificate"):
            fetch("https://other.example/", network=internet.network)
        with pytest.raises(ProviderError, match="no valid certificate"):
            fetch("https://shop.example/", network=Internet(site, [[PUBLIC]]).network)
    assert names[:2] == ["shop.example", "other.example"]
    assert [asked.headers["host"] for asked in site.asked] == ["shop.example"]


@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/computeMetadata/v1/",
        "http://metadata.google.internal/computeMetadata/v1/",
        "http://[::1]:{port}/",
        "http://localhost:{port}/",
        "http://127.0.0.1:1/",
        "http://127.0.0.1/",
        "http://0x7f.1:{port}/",
        "//2130706433:{port}/",
        "file:///etc/passwd",
        "http://user:pw@127.0.0.1:{port}/",
        "http://127.0.0.1:8901/",
    ],
)
def test_no_redirect_leads_inside(target: str) -> None:
    def answer(asked: Asked) -> list[bytes]:
        return response(b"", 302, location=target.format(port=site.port))

    with Site(answer) as site:
        for url, network in ((site.url, None), ("http://shop.example/", site.internet().network)):
            with pytest.raises(Invalid, match="is not asked"):
                fetch(url, network=network)
    assert len(site.asked) == 2


def test_redirects_are_followed_for_reads_and_not_for_ever() -> None:
    def answer(asked: Asked) -> list[bytes]:
        number = int(asked.target.strip("/") or 0)
        return response() if number == 5 else response(b"moved", 301, location=f"/{number + 1}")

    with Site(answer) as site:
        assert fetch(f"{site.url}/0").url == f"{site.url}/5"
        with pytest.raises(ProviderError, match="redirects on and on"):
            fetch(f"{site.url}/0", redirects=4)
        seen = len(site.asked)
        assert exchange(f"{site.url}/0", method="POST", content=b"x", redirects=5).status == 301
    assert len(site.asked) == seen + 1


def test_what_was_told_to_one_site_is_not_told_to_another() -> None:
    def answer(asked: Asked) -> list[bytes]:
        return response() if asked.headers["host"] == "b.example" else response(b"", 307, location="http://b.example/")

    secret = {"Authorization": "Bearer x", "X-Key": "x", "Cookie": "x", "Accept": "text/html"}
    with Site(answer) as site:
        fetch("http://a.example/", headers=secret, network=site.internet().network)
    first, second = site.asked
    assert first.headers["authorization"] == "Bearer x"
    assert second.headers.keys() == {"host", "user-agent", "accept", "accept-encoding", "connection"}
    assert second.headers["accept"] == "text/html"


@pytest.mark.parametrize("name", ["Metadata-Flavor", "X-Google-Metadata-Request", "Host", " transfer-encoding"])
def test_some_headers_are_ours(name: str) -> None:
    with Site(lambda asked: response()) as site, pytest.raises(Invalid, match="cannot be set"):
        fetch(site.url, headers={name: "Google"})
    assert site.asked == []


@pytest.mark.parametrize("value", ["a\r\nHost: evil", "a\nb", "a\0b"])
def test_no_header_smuggles_another(value: str) -> None:
    with Site(lambda asked: response()) as site, pytest.raises(Invalid, match="headers is not valid"):
        fetch(site.url, headers={"X-Note": value})
    assert site.asked == []


@pytest.mark.parametrize(
    "packed",
    [
        gzip.compress(b"hello " * 100, mtime=0),
        gzip.compress(b"hello " * 50, mtime=0) + gzip.compress(b"hello " * 50, mtime=0),
        zlib.compress(b"hello " * 100),
        zlib.compress(b"hello " * 100)[2:-4],
    ],
)
def test_packed_bodies(packed: bytes) -> None:
    encoding = "gzip" if packed.startswith(b"\x1f\x8b") else "deflate"
    with Site(lambda asked: response(packed, content_encoding=encoding)) as site:
        assert fetch(site.url).content == b"hello " * 100


def _endless() -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\n\r\n"
    while True:
        yield b"x" * 10_000


BOMB = gzip.compress(b"\0" * 50_000_000)


@pytest.mark.parametrize(
    "answer",
    [
        lambda asked: response(BOMB, content_encoding="gzip"),
        lambda asked: response(b"x" * 200_000),
        lambda asked: _endless(),
    ],
    ids=["bomb", "long", "endless"],
)
def test_too_much_is_too_much(answer: Callable[[Asked], Iterator[bytes]]) -> None:
    with Site(answer) as site:
        with pytest.raises(ProviderError, match="larger than 100,000 bytes"):
            fetch(site.url, max_bytes=100_000)
        found = exchange(site.url, max_bytes=100_000, partial=True)
    assert (found.status, len(found.content), found.cut) == (200, 100_000, True)


def _drip(whole: bytes, sent: list[int]) -> Callable[[Asked], Iterator[bytes]]:
    def answer(asked: Asked) -> Iterator[bytes]:
        for byte in whole:
            sent.append(byte)
            yield bytes([byte])
            threading.Event().wait(0.05)

    return answer


@pytest.mark.parametrize(
    "head", [b"HTTP/1.1 200 OK\r\nX-Slow: " + b"s" * 1_000, b"HTTP/1.1 200 OK\r\n\r\n" + b"s" * 1_000]
)
def test_a_slow_drip_gains_no_time(head: bytes) -> None:
    """A byte in 50 ms, and each is soon enough: eight come in time, more where the machine is busy, never all."""
    sent: list[int] = []
    with Site(_drip(head, sent)) as site, pytest.raises(Interrupted, match="did not answer in time"):
        fetch(site.url, seconds=0.4)
    assert len(sent) < 100


def test_a_resolver_that_dawdles() -> None:
    waiting = threading.Event()

    def dawdle(host: str, port: int) -> list[str]:
        waiting.wait(5)
        return [PUBLIC]

    with Site(lambda asked: response()) as site:
        with pytest.raises(Unavailable, match="was not resolved in time"):
            fetch("http://shop.example/", seconds=0.2, network=site.internet().resolving(dawdle))
        waiting.set()
    assert site.asked == []


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (response(status=400), ProviderError, "HTTP 400"),
        (response(status=401), ProviderError, "does not let us read"),
        (response(status=403), ProviderError, "does not let us read"),
        (response(status=404), ProviderError, "nothing at"),
        (response(status=410), ProviderError, "nothing at"),
        (response(status=429, retry_after="7"), TooManyRequests, "too often"),
        (response(status=429), TooManyRequests, "too often"),
        (response(status=429, retry_after="inf"), TooManyRequests, "too often"),
        (response(status=500), Unavailable, "not available"),
        (response(status=503, retry_after="Wed, 21 Oct 2037 07:28:00 GMT"), Unavailable, "not available"),
        (response(b"x", content_encoding="br"), ProviderError, "encoding that cannot be read"),
        (response(b"no gzip", content_encoding="gzip"), ProviderError, "encoding that cannot be read"),
        (response(gzip.compress(b"") * 1_000, content_encoding="gzip"), ProviderError, "cannot be read"),
        (response(gzip.compress(b"x" * 100)[:-9], content_encoding="gzip"), ProviderError, "cannot be read"),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"], Interrupted, "broke off"),
        ([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"], Interrupted, "broke off"),
        ([b"HTTP/1.1 200"], Interrupted, "broke off"),
        ([b"SSH-2.0-OpenSSH_9.6\r\n"], Interrupted, "broke off"),
        ([b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 40_000], Interrupted, "broke off"),
        ([], Interrupted, "broke off"),
    ],
)
def test_failures_say_whether_to_retry(answer: list[bytes], error: type[AppError], words: str) -> None:
    with Site(lambda asked: answer) as site, pytest.raises(error, match=words) as raised:
        fetch(f"{site.url}/page?token=secret", seconds=5)
    assert type(raised.value) is error
    assert "secret" not in raised.value.detail
    head = answer[0] if answer else b""
    expected = 7 if b"retry-after: 7" in head else 7 * 86_400 if b"2037" in head else None
    assert raised.value.retry_after == expected
    assert len(site.asked) == 1


def test_nobody_listens() -> None:
    with Site(lambda asked: response()) as site:
        pass
    with pytest.raises(Unavailable, match="cannot be reached") as raised:
        fetch(site.url)
    assert not isinstance(raised.value, Interrupted)


@pytest.mark.parametrize(
    ("body", "declared", "kind"),
    [
        (b"%PDF-1.7 ...", "text/html", "application/pdf"),
        (b"\n\n<!DOCTYPE html><p>", "application/pdf", "text/html"),
        (b"<!-- x -->\n<!---->\n<html>", "text/plain", "text/html"),
        (b"<!---->" * 500 + b"words", "text/plain", "text/plain"),
        (b"<?xml version='1.0'?><html xmlns='x'>", "", "text/html"),
        (b"<?xml version='1.0'?><feed>", "text/html", "application/xml"),
        ("<html>".encode("utf-16"), "text/html", "text/html"),
        (b"Just words.", "text/html", "text/html"),
        (b"Just words.", "image/png", "text/plain"),
        (b"# Title", "text/markdown; charset=utf-8", "text/markdown"),
        (b'{"a": 1}', "application/json", "application/json"),
        (b'{"a": 1}', "application/problem+json", "application/json"),
        (b"\x7fELF\x02\x01\x01\0", "text/html", "application/octet-stream"),
        (b"\x89PNG\r\n\x1a\n\0\0", "text/plain", "image/png"),
        (b"PK\x03\x04 no archive", "text/plain", "application/octet-stream"),
        (b"", "text/plain", "text/plain"),
    ],
)
def test_content_counts_not_what_it_is_called(body: bytes, declared: str, kind: str) -> None:
    with Site(lambda asked: response(body, content_type=declared)) as site:
        assert fetch(f"{site.url}/report.docx").content_type == kind
        with pytest.raises(ProviderError, match="only video/x can be read"):
            fetch(site.url, accept=["video/x"])


def test_tls_is_never_without_a_check() -> None:
    from shared.providers.web.connection import INTERNET

    context = INTERNET.tls()
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
