"""A machine without the emulators fetches them: whatever the network does, a whole file or a sentence."""

import hashlib
import io
import os
import re
import ssl
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from infra.local import fetching
from infra.local.emulator_jars import FIRESTORE, PUBSUB, Emulator
from infra.local.fetching import Published, fetch
from infra.local.process import LocalError
from infra.local.serving import Serving

CONTENT = os.urandom(3_000_000)
Answer = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Answers as `server.answer` does, and notes the ranges asked for."""

    server: "Mirror"

    def do_GET(self) -> None:
        self.server.ranges.append(self.headers.get("Range"))
        self.server.answer(self)

    def begin(self, status: int, length: int, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        return


class Mirror(Serving, ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, answer: Answer) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer = answer
        self.ranges: list[str | None] = []
        self.ended = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/emulators"

    def server_close(self) -> None:
        self.ended.set()
        super().server_close()


def good(handler: Handler) -> None:
    """The file, or what the range asks for, as Google's storage answers."""
    asked = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range") or "")
    start = int(asked[1]) if asked else 0
    total = len(CONTENT)
    if asked:
        handler.begin(206, total - start, Content_Range=f"bytes {start}-{total - 1}/{total}")
    else:
        handler.begin(200, total)
    handler.wfile.write(CONTENT[start:])


def without_ranges(handler: Handler) -> None:
    handler.begin(200, len(CONTENT))
    handler.wfile.write(CONTENT)


def broken_off(handler: Handler) -> None:
    """The connection ends after a third of what is asked for."""
    asked = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range") or "")
    start, total = int(asked[1]) if asked else 0, len(CONTENT)
    handler.begin(206 if asked else 200, total - start, Content_Range=f"bytes {start}-{total - 1}/{total}")
    handler.wfile.write(CONTENT[start : start + total // 3])


def short(handler: Handler) -> None:
    handler.begin(200, 5)
    handler.wfile.write(b"short")


def longer(handler: Handler) -> None:
    handler.begin(200, len(CONTENT) + 1)
    handler.wfile.write(CONTENT + b"x")


def another_file(handler: Handler) -> None:
    handler.begin(200, len(CONTENT))
    handler.wfile.write(bytes(len(CONTENT)))


def silent(handler: Handler) -> None:
    handler.begin(200, len(CONTENT))
    handler.wfile.write(CONTENT[:1000])
    handler.wfile.flush()
    handler.server.ended.wait(60)


def status(code: int) -> Answer:
    return lambda handler: handler.begin(code, 0)


def in_turn(*answers: Answer) -> Answer:
    waiting = list(answers)
    return lambda handler: (waiting.pop(0) if len(waiting) > 1 else waiting[0])(handler)


def published(mirror: Mirror) -> Published:
    return Published(f"{mirror.url}/emulator.jar", len(CONTENT), hashlib.sha256(CONTENT).hexdigest())


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OFFLINE", "SSL_CERT_FILE", "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("FETCH_SECONDS", "0.5")


@pytest.mark.parametrize(
    "answer",
    [
        good,
        without_ranges,
        in_turn(broken_off, good),
        in_turn(broken_off, without_ranges),
        in_turn(status(503), good),
        in_turn(silent, good),
        in_turn(broken_off, status(416), good),
    ],
)
def test_a_whole_file_comes(answer: Answer, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "cache/emulator.jar"
    with Mirror(answer) as mirror:
        fetch(published(mirror), target)
        asked = len(mirror.ranges)
        fetch(published(mirror), target)
    assert target.read_bytes() == CONTENT
    assert len(mirror.ranges) == asked
    assert {file.name for file in target.parent.iterdir()} == {"emulator.jar", "emulator.jar.lock"}
    printed = f"Fetching emulator.jar (3 MB) from 127.0.0.1 to {target.parent} …\n"
    assert capsys.readouterr().out == printed


def test_what_has_come_is_not_fetched_again(tmp_path: Path) -> None:
    with Mirror(in_turn(broken_off, broken_off, good)) as mirror:
        fetch(published(mirror), tmp_path / "emulator.jar")
    third = len(CONTENT) // 3
    assert mirror.ranges == [None, f"bytes={third}-", f"bytes={2 * third}-"]


@pytest.mark.parametrize(
    ("answer", "words", "attempts"),
    [
        (status(404), "127.0.0.1 answered 404", 1),
        (status(403), "127.0.0.1 answered 403", 1),
        (status(503), "127.0.0.1 answered 503", 3),
        (another_file, "is not what its publisher describes .* was thrown away", 1),
        (short, "it ended after 5 of 3000000 bytes", 3),
        (longer, "it is longer than the 3000000 bytes described", 3),
        (silent, "127.0.0.1 fell silent", 3),
    ],
)
def test_what_cannot_be_had_is_one_sentence(answer: Answer, words: str, attempts: int, tmp_path: Path) -> None:
    target = tmp_path / "emulator.jar"
    with Mirror(answer) as mirror, pytest.raises(LocalError, match=words) as raised:
        fetch(published(mirror), target)
    assert "\n" not in str(raised.value)
    assert not target.exists()
    assert len(mirror.ranges) == attempts
    with Mirror(good) as mirror:
        fetch(published(mirror), target)
    assert target.read_bytes() == CONTENT


def test_a_damaged_part_is_thrown_away(tmp_path: Path) -> None:
    """Such as of another version, or of a disk that failed."""
    target, part = tmp_path / "emulator.jar", tmp_path / "emulator.jar.part"
    for content in (b"x" * 100, CONTENT + b"x", bytes(len(CONTENT))):
        part.write_bytes(content)
        with Mirror(good) as mirror:
            fetch(published(mirror), target)
        assert target.read_bytes() == CONTENT
        target.unlink()


def test_nobody_listening_is_said(tmp_path: Path) -> None:
    with Mirror(good) as mirror:
        file = published(mirror)
    with pytest.raises(LocalError, match="could not be fetched: Connection refused"):
        fetch(file, tmp_path / "emulator.jar")


def test_a_proxy_that_refuses_is_named_without_its_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Mirror(status(407)) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url.replace("127.0.0.1", "ann:secret@127.0.0.1"))
        with pytest.raises(LocalError, match=r"answered 407 .through the proxy 127\.0\.0\.1") as raised:
            fetch(Published("http://storage.example/emulator.jar", 1, "0"), tmp_path / "emulator.jar")
    assert "secret" not in str(raised.value)


def test_a_certificate_of_an_unknown_authority_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A company's proxy has one of its own."""
    certificate = _self_signed(tmp_path)
    with Mirror(good) as mirror:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate)
        mirror.socket = tls.wrap_socket(mirror.socket, server_side=True, do_handshake_on_connect=False)
        secure = published(mirror)
        secure = replace(secure, url=secure.url.replace("http://127.0.0.1", "https://localhost"))
        with pytest.raises(LocalError, match=r"certificate of localhost is not trusted; .* in SSL_CERT_FILE"):
            fetch(secure, tmp_path / "emulator.jar")
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        fetch(secure, tmp_path / "emulator.jar")
    assert (tmp_path / "emulator.jar").read_bytes() == CONTENT


def _self_signed(folder: Path) -> Path:
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", *names]
    subprocess.run([*command, "-out", certificate, "-keyout", key], check=True, capture_output=True)
    certificate.write_text(certificate.read_text() + key.read_text())
    return certificate


def test_a_full_disk_is_said(tmp_path: Path) -> None:
    target = tmp_path / "emulator.jar"
    (tmp_path / "emulator.jar.part").symlink_to("/dev/full")
    with Mirror(good) as mirror, pytest.raises(LocalError, match="No space left on device"):
        fetch(published(mirror), target)
    with Mirror(good) as mirror, pytest.raises(LocalError, match="has no room for the 9000000000000 MB"):
        fetch(replace(published(mirror), size=9 * 10**18), target)
    assert mirror.ranges == []


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    with Mirror(good) as mirror, pytest.raises(LocalError, match=r"cannot be written: (File exists|Not a directory)"):
        fetch(published(mirror), tmp_path / "cache/emulator.jar")


def _process(mirror: Mirror, target: Path) -> "subprocess.Popen[str]":
    program = "import sys; from pathlib import Path; from infra.local.fetching import Published, fetch; "
    program += "fetch(Published(sys.argv[1], int(sys.argv[2]), sys.argv[3]), Path(sys.argv[4]))"
    file = published(mirror)
    command = [sys.executable, "-c", program, file.url, str(file.size), file.sha256, str(target)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def test_of_two_at_once_one_fetches(tmp_path: Path) -> None:
    both = threading.Barrier(2)

    def slowly(handler: Handler) -> None:
        both.wait(60)  # the file only comes when the other process is there too
        good(handler)

    target = tmp_path / "emulator.jar"
    with Mirror(slowly) as mirror:
        first, second = (_process(mirror, target) for _ in range(2))
        both.wait(60)
        outputs = [process.communicate(timeout=60)[0] for process in (first, second)]
    assert [first.returncode, second.returncode] == [0, 0], outputs
    assert sorted("Fetching" in output for output in outputs) == [False, True]
    assert len(mirror.ranges) == 1
    assert target.read_bytes() == CONTENT


def test_one_that_was_killed_half_way_is_gone_on_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    half_way = threading.Event()
    target, half = tmp_path / "emulator.jar", 2 << 20

    def stuck(handler: Handler) -> None:
        handler.begin(200, len(CONTENT))
        handler.wfile.write(CONTENT[:half])
        handler.wfile.flush()
        half_way.set()
        handler.server.ended.wait(60)

    monkeypatch.setenv("FETCH_SECONDS", "60")
    with Mirror(in_turn(stuck, good)) as mirror:
        killed = _process(mirror, target)
        assert half_way.wait(60)
        part = tmp_path / "emulator.jar.part"
        while not part.exists() or part.stat().st_size < 1 << 20:
            assert killed.poll() is None
        killed.kill()
        killed.communicate()
        came = part.stat().st_size
        fetch(published(mirror), target)
    assert mirror.ranges == [None, f"bytes={came}-"]
    assert target.read_bytes() == CONTENT


def _archive() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("pubsub-emulator/lib/cloud-pubsub-emulator-0.8.17-all.jar", CONTENT)
    return written.getvalue()


@contextmanager
def _bare_machine(
    monkeypatch: pytest.MonkeyPatch, home: Path, files: Mapping[str, bytes]
) -> Iterator[tuple[Mirror, Callable[[Emulator], Emulator]]]:
    """A user without Google's tools; a mirror with these files, and what is published of each."""
    home.mkdir()
    for name in ("XDG_CACHE_HOME", "CLOUDSDK_ROOT_DIR", FIRESTORE.variable, PUBSUB.variable):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PATH", "/nowhere")

    def serve(handler: Handler) -> None:
        content = files[handler.path.rpartition("/")[2]]
        handler.begin(200, len(content))
        handler.wfile.write(content)

    def described(emulator: Emulator) -> Emulator:
        content = files[emulator.archive]
        elsewhere = {"in_sdk": "no-such-sdk/*.jar", "size": len(content)}
        return replace(emulator, **elsewhere, sha256=hashlib.sha256(content).hexdigest())  # type: ignore[arg-type]

    with Mirror(serve) as mirror:
        monkeypatch.setenv("EMULATORS_URL", f"{mirror.url}/")
        yield mirror, described


def test_both_emulators_are_fetched_once_into_the_users_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "a home"
    files = {FIRESTORE.archive: CONTENT, PUBSUB.archive: _archive()}
    with _bare_machine(monkeypatch, home, files) as (mirror, described):
        jars = [described(emulator).jar() for emulator in (FIRESTORE, PUBSUB)]
        monkeypatch.setenv("OFFLINE", "1")
        assert [described(emulator).jar() for emulator in (FIRESTORE, PUBSUB)] == jars
    cache = home / ".cache/prospecting-backend/emulators"
    assert jars[0] == cache / "cloud-firestore-emulator-v1.19.8.jar"
    assert jars[1] == cache / "pubsub-emulator-0.8.17/pubsub-emulator/lib/cloud-pubsub-emulator-0.8.17-all.jar"
    assert [jar.read_bytes() for jar in jars] == [CONTENT, CONTENT]
    assert len(mirror.ranges) == 2
    assert [file.name for file in cache.glob("*.zip")] == []


def test_an_archive_that_is_none_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        _bare_machine(monkeypatch, tmp_path / "home", {PUBSUB.archive: b"no archive"}) as (_, described),
        pytest.raises(LocalError, match="could not be unpacked: File is not a zip file"),
    ):
        described(PUBSUB).jar()


def test_nothing_is_fetched_offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OFFLINE", "1")
    with _bare_machine(monkeypatch, tmp_path / "home", {FIRESTORE.archive: CONTENT}) as (mirror, described):
        with pytest.raises(LocalError, match=r"OFFLINE is set\. Install it with `gcloud components install cloud-fire"):
            described(FIRESTORE).jar()
        assert mirror.ranges == []
        monkeypatch.setenv("OFFLINE", "0")
        assert described(FIRESTORE).jar().read_bytes() == CONTENT


def test_what_cannot_be_fetched_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with _bare_machine(monkeypatch, tmp_path / "home", {FIRESTORE.archive: CONTENT}) as (mirror, described):
        mirror.answer = status(404)
        with pytest.raises(LocalError, match=r"answered 404\. Install it with .* FIRESTORE_EMULATOR_JAR"):
            described(FIRESTORE).jar()


def test_googles_own_places_come_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with _bare_machine(monkeypatch, tmp_path / "home", {FIRESTORE.archive: CONTENT}) as (mirror, described):
        firebase = tmp_path / "home/.cache/firebase/emulators/cloud-firestore-emulator-v1.22.0.jar"
        firebase.parent.mkdir(parents=True)
        firebase.touch()
        assert described(FIRESTORE).jar() == firebase
        monkeypatch.setenv(FIRESTORE.variable, "/nowhere.jar")
        with pytest.raises(LocalError, match=r"names /nowhere\.jar"):
            described(FIRESTORE).jar()
        assert mirror.ranges == []


def test_the_cache_is_where_the_user_wants_it_and_can_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fallback = tmp_path / "fallback"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "x"))
    assert fetching.cache(fallback) == tmp_path / "x/prospecting-backend"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert fetching.cache(fallback) == tmp_path / "home/.cache/prospecting-backend"
    monkeypatch.setenv("HOME", "/proc/nowhere")
    assert fetching.cache(fallback) == fallback
