"""Fetches what Terraform files are checked with from npm: a parser, and the providers' schemas; once for each user."""

import base64
import fcntl
import hashlib
import json
import shutil
import subprocess
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from infra.local.process import LocalError
from shared import settings

_SECONDS = 300  # for one call of npm


@dataclass(frozen=True)
class Package:
    """A package of npm at one version, and the SHA-512 of its archive in base64."""

    name: str
    version: str
    sha512: str


PARSER = Package(
    "@cdktf/hcl2json",
    "0.21.0",
    "cwX3i/mSJI/cRrtqwEPRfawB7pXgNioriSlkvou8LWiCrrcDe9ZtTbAbu8W1tEJQpe1pnX9VEgpzf/BbM7xF8Q==",
)
PROVIDERS = {
    "google": Package(
        "@cdktf/provider-google",
        "16.12.1",
        "KqNA/5RiFT07r0PSZ6/07cJ2zESUgbj1JchVj21iBFBZVUbD+578xA/k8eq/r0cbyEgLmg9eYWeVslaYah4DCQ==",
    ),
    "google-beta": Package(
        "@cdktf/provider-google-beta",
        "16.12.1",
        "ip0dXu0ZrsyMgcoGNfkJCYG8PFjNtfb2wkz4Sw7IU09rQMK/A6++SwkmFHl8wJ8KlwMvd2w4tNXfErIbWWWqag==",
    ),
}


def cache() -> Path:
    """The folder of this user's downloads: below XDG_CACHE_HOME, or ~/.cache."""
    base = settings.inherited("XDG_CACHE_HOME").get("XDG_CACHE_HOME") or "~/.cache"
    folder = Path(base).expanduser() / "prospecting-backend" / "terraform"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the folder's lock: several processes may miss the same file at once."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def member(package: Package, name: str) -> bytes:
    """One file of a package's archive. Raises LocalError where it cannot be fetched or is another's."""
    with TemporaryDirectory() as folder:
        print(f"Fetching {package.name} {package.version} from npm (once) …")
        _npm("pack", f"{package.name}@{package.version}", "--pack-destination", folder, cwd=Path(folder))
        archive = next(Path(folder).glob("*.tgz"))
        if base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode() != package.sha512:
            raise LocalError(f"{package.name} {package.version} is not the archive that its checksum names.")
        with tarfile.open(archive) as files:
            content = files.extractfile(f"package/{name}")
            if content is None:
                raise LocalError(f"{package.name} {package.version} has no {name}.")
            return content.read()


def parsed(files: Iterable[Path]) -> dict[Path, dict[str, Any]]:
    """Each Terraform file as the JSON that the parser makes of it. Raises LocalError, which names place and fault."""
    script = "const {parse}=require('@cdktf/hcl2json'),fs=require('fs');(async()=>{const all=[];" + (
        "for(const f of process.argv.slice(1))all.push(await parse(f,fs.readFileSync(f,'utf8')));"
        "console.log(JSON.stringify(all))})().catch(e=>{console.error(String(e.message||e));process.exit(1)})"
    )
    paths = [file.resolve() for file in files]
    done = _run(_program("node"), "-e", script, *map(str, paths), cwd=_parser())
    if done.returncode:
        raise LocalError(f"A file cannot be parsed: {done.stderr.strip()}")
    return dict(zip(paths, json.loads(done.stdout), strict=True))


def _parser() -> Path:
    """The folder in which the parser is installed."""
    folder = cache() / f"hcl2json-{PARSER.version}"
    folder.mkdir(exist_ok=True)
    with alone(folder):
        if not (folder / "installed").exists():
            options = ("--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts")
            _npm("install", "--prefix", str(folder), *options, f"{PARSER.name}@{PARSER.version}", cwd=folder)
            (folder / "installed").touch()
    return folder


def _npm(*arguments: str, cwd: Path) -> None:
    done = _run(_program("npm"), *arguments, cwd=cwd)
    if done.returncode:
        raise LocalError(f"npm {arguments[0]} failed; is the registry in reach?\n{done.stderr.strip()}")


def _program(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        raise LocalError(f"{name} is not on the PATH; checks of Terraform need Node 20 or later (nodejs.org).")
    return path


def _run(*command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise LocalError(f"{Path(command[0]).name} did not answer within {_SECONDS} seconds; try again.") from error
