"""What is fetched comes whole or not at all, whatever the network does, and what fails is one sentence."""

import ssl
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from infra.local import fetching
from infra.local.fetching import Published, fetch
from infra.local.process import LocalError
from tests.infra.mirror import (
    CONTENT,
    Answer,
    Handler,
    Mirror,
    another_file,
    broken_off,
    good,
    in_turn,
    longer,
    published,
    short,
    silent,
    status,
    without_ranges,
)


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


def test_the_cache_is_where_the_user_wants_it_and_can_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fallback = tmp_path / "fallback"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "x"))
    assert fetching.cache(fallback) == tmp_path / "x/prospecting-backend"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert fetching.cache(fallback) == tmp_path / "home/.cache/prospecting-backend"
    monkeypatch.setenv("HOME", "/proc/nowhere")
    assert fetching.cache(fallback) == fallback
