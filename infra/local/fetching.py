"""Fetches a published file once for a user: resumed, verified, by one process at a time, and whole or not at all."""

import errno
import fcntl
import hashlib
import http.client
import os
import shutil
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import certifi

from infra.local.process import LocalError

_ATTEMPTS = 3
_SILENCE = 30.0  # seconds without a byte, then another attempt; FETCH_SECONDS says otherwise
_PART = 1 << 20


@dataclass(frozen=True)
class Published:
    """A file as its publisher describes it: where it is, its size in bytes, its SHA-256."""

    url: str
    size: int
    sha256: str

    @property
    def name(self) -> str:
        return self.url.rpartition("/")[2]


def offline() -> bool:
    """Whether OFFLINE says that nothing may be fetched."""
    return os.environ.get("OFFLINE", "") not in ("", "0")


def cache(fallback: Path) -> Path:
    """The user's folder for what can be fetched again (XDG_CACHE_HOME), or `fallback` where that cannot be written."""
    home = os.environ.get("XDG_CACHE_HOME") or ""
    try:
        folder = (Path(home) if home.startswith("/") else Path.home() / ".cache") / "prospecting-backend"
        folder.mkdir(parents=True, exist_ok=True)
        return folder if os.access(folder, os.W_OK) else fallback
    except (OSError, RuntimeError):  # the latter: a user without a home
        return fallback


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """One process at a time; one that dies lets the next go on."""
    with path.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def fetch(file: Published, target: Path) -> None:
    """Have the file at `target`; a process that comes meanwhile waits. Raises LocalError with one sentence."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with alone(target.with_name(target.name + ".lock")):
            if not target.exists():
                _fetch(file, target)
    except OSError as error:
        raise LocalError(f"{target} cannot be written: {_words(error)}.") from error


def _fetch(file: Published, target: Path) -> None:
    host = urlsplit(file.url).hostname
    print(f"Fetching {file.name} ({file.size / 1e6:.0f} MB) from {host} to {target.parent} …", flush=True)
    part = target.with_name(target.name + ".part")
    if shutil.disk_usage(target.parent).free < file.size:
        raise LocalError(f"{target.parent} has no room for the {file.size / 1e6:.0f} MB of {file.name}; free some.")
    begun = part.exists()
    _read(file, part)
    if begun and _sha256(part) != file.sha256:  # what was there before is not of this file
        part.unlink()
        _read(file, part)
    found = _sha256(part)
    if found != file.sha256:
        part.unlink()
        raise LocalError(
            f"{file.url} is not what its publisher describes (SHA-256 {found[:16]}…, not {file.sha256[:16]}…), and was "
            "thrown away. A proxy may have answered in its place; try again, or fetch it by hand."
        )
    with part.open("rb") as whole:
        os.fsync(whole)
    part.replace(target)


def _read(file: Published, part: Path) -> None:
    """Complete the part, in several attempts where it helps."""
    host = urlsplit(file.url).hostname
    for attempt in range(_ATTEMPTS):
        try:
            _read_on(file, part)
        except (OSError, http.client.HTTPException) as error:
            if isinstance(error, urllib.error.HTTPError):
                error.close()
            if attempt == _ATTEMPTS - 1 or not _may_pass(error):
                raise LocalError(f"{file.url} could not be fetched: {_why(error, host)}.") from error
            time.sleep(attempt)
        else:
            return


class _Wrong(OSError):
    """What was answered is of another length than described."""


def _read_on(file: Published, part: Path) -> None:
    """Append to the part what it lacks. Raises OSError and HTTPException; what has come stays for the next attempt."""
    there = part.stat().st_size if part.exists() else 0
    if there > file.size:
        part.unlink()
        there = 0
    if there == file.size:
        return
    request = urllib.request.Request(file.url, headers={"Range": f"bytes={there}-"} if there else {})  # noqa: S310
    silence = float(os.environ.get("FETCH_SECONDS", _SILENCE))
    with urllib.request.urlopen(request, timeout=silence, context=_authorities()) as response:  # noqa: S310
        resumed = response.status == http.client.PARTIAL_CONTENT and _begins_at(response, there)
        with part.open("ab" if resumed else "wb") as output:
            length = there if resumed else 0
            while content := response.read(_PART):
                length += len(content)
                if length > file.size:
                    output.truncate(0)
                    raise _Wrong(f"it is longer than the {file.size} bytes described")
                output.write(content)
    if length < file.size:
        raise _Wrong(f"it ended after {length} of {file.size} bytes")


def _begins_at(response: Any, offset: int) -> bool:
    return str(response.headers.get("Content-Range", "")).startswith(f"bytes {offset}-")


def _authorities() -> ssl.SSLContext:
    """Those that SSL_CERT_FILE names, or certifi's: a Python from python.org knows none on macOS."""
    return ssl.create_default_context(cafile=os.environ.get("SSL_CERT_FILE") or certifi.where())


def _may_pass(error: Exception) -> bool:
    """Whether another attempt can go better."""
    if isinstance(error, urllib.error.HTTPError):
        return error.code >= 500 or error.code in (408, 416, 429)
    reason = getattr(error, "reason", error)
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS)
    return not full and not isinstance(reason, ssl.SSLCertVerificationError)


def _why(error: Exception, host: str | None) -> str:
    reason = getattr(error, "reason", error)
    proxy = urllib.request.getproxies().get("https") or urllib.request.getproxies().get("http")
    through = f" (through the proxy {urlsplit(proxy).hostname or proxy}, which HTTPS_PROXY names)" if proxy else ""
    if isinstance(error, urllib.error.HTTPError):
        return f"{host} answered {error.code}{through}"
    if isinstance(reason, ssl.SSLCertVerificationError):
        return (
            f"the certificate of {host} is not trusted{through}; where a proxy has an authority of its own, name the "
            "file with its certificate in SSL_CERT_FILE"
        )
    if isinstance(error, _Wrong):
        return f"{error}{through}"
    if isinstance(reason, TimeoutError):
        return f"{host} fell silent{through}"
    return f"{_words(reason)}{through}"


def _words(error: Any) -> str:
    return str(getattr(error, "strerror", None) or error).rstrip(".")


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
