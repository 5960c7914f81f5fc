"""A machine without the emulators fetches them once; one that has them never."""

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from infra.local.emulator_jars import FIRESTORE, PUBSUB, Emulator
from infra.local.process import LocalError
from tests.infra.mirror import CONTENT, Handler, Mirror, status


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
    proxies = ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")
    for name in ("OFFLINE", "XDG_CACHE_HOME", "CLOUDSDK_ROOT_DIR", FIRESTORE.variable, PUBSUB.variable, *proxies):
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
    with _bare_machine(monkeypatch, tmp_path / "home", {FIRESTORE.archive: CONTENT}) as (mirror, described):
        monkeypatch.setenv("OFFLINE", "1")
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
