"""The emulators' jars: found where Google's tools put them, else fetched from where firebase-tools fetches them."""

import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from infra.bundle import ROOT
from infra.local.fetching import Published, cache, fetch, offline
from infra.local.process import LocalError

# Where and what firebase-tools fetches: src/emulator/downloadableEmulatorInfo.json of its releases up to 14, the last
# that run on any Java from 11 on. EMULATORS_URL names a mirror.
_BASE = "https://storage.googleapis.com/firebase-preview-drop/emulator"


@dataclass(frozen=True)
class Emulator:
    """A component of the gcloud SDK: its jar's pattern in the SDK and in firebase-tools' cache, and its archive."""

    component: str
    variable: str
    in_sdk: str
    in_cache: str
    archive: str
    size: int
    sha256: str

    def jar(self) -> Path:
        """The jar that the variable names, else the newest that is there, else a fetched one. Raises LocalError."""
        if named := os.environ.get(self.variable):
            if Path(named).is_file():
                return Path(named)
            raise LocalError(f"{self.variable} names {named}, which is not there. Correct it, or unset it.")
        there = [jar for root in _sdk_roots() for jar in sorted((root / "platform").glob(self.in_sdk))]
        there += sorted((_home() / ".cache/firebase/emulators").glob(self.in_cache))
        return there[-1] if there else self._fetched(cache(ROOT / ".local/cache") / "emulators")

    def _fetched(self, folder: Path) -> Path:
        ready = folder / self.archive.removesuffix(".zip")
        if not ready.exists():
            if offline():
                raise LocalError(f"The {self.component} is missing, and OFFLINE is set. {self._by_hand}")
            try:
                self._fetch(folder, ready)
            except LocalError as error:
                raise LocalError(f"{error} {self._by_hand}") from error
        jars = [ready] if ready.is_file() else sorted(ready.glob("pubsub-emulator/lib/*.jar"))
        if not jars:
            raise LocalError(f"There is no jar in {ready}; remove that folder. {self._by_hand}")
        return jars[-1]

    def _fetch(self, folder: Path, ready: Path) -> None:
        base = os.environ.get("EMULATORS_URL", _BASE).rstrip("/")
        archive = folder / self.archive
        fetch(Published(f"{base}/{self.archive}", self.size, self.sha256), archive)
        if archive != ready:
            _unpack(archive, ready)

    @property
    def _by_hand(self) -> str:
        return (
            f"Install it with `gcloud components install {self.component}` (Debian: apt-get install "
            f"google-cloud-cli-{self.component.removeprefix('cloud-')}), or name its jar in {self.variable}."
        )


def _unpack(archive: Path, ready: Path) -> None:
    """Unpack beside, then rename: whoever sees the folder sees all of it. Of two at once, one wins."""
    try:
        beside = Path(tempfile.mkdtemp(prefix=f"{ready.name}.", dir=ready.parent))
        try:
            with zipfile.ZipFile(archive) as content:
                content.extractall(beside)
            if not ready.exists():
                beside.rename(ready)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    except (OSError, zipfile.BadZipFile) as error:
        if not ready.exists():
            raise LocalError(f"{archive} could not be unpacked: {error}.") from error
    archive.unlink(missing_ok=True)


def _sdk_roots() -> Iterator[Path]:
    if root := os.environ.get("CLOUDSDK_ROOT_DIR"):
        yield Path(root)
    if gcloud := shutil.which("gcloud"):
        yield Path(gcloud).resolve().parent.parent
    yield Path("/usr/lib/google-cloud-sdk")
    yield _home() / "google-cloud-sdk"


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError:  # a user without one
        return Path("/nonexistent")


FIRESTORE = Emulator(
    component="cloud-firestore-emulator",
    variable="FIRESTORE_EMULATOR_JAR",
    in_sdk="cloud-firestore-emulator/*.jar",
    in_cache="cloud-firestore-emulator-*.jar",
    archive="cloud-firestore-emulator-v1.19.8.jar",
    size=63_634_791,
    sha256="9d43599ed6151199e8d604dc87fac51218e49e5f3a48519b1ae560bbe5e3382d",
)
PUBSUB = Emulator(
    component="pubsub-emulator",
    variable="PUBSUB_EMULATOR_JAR",
    in_sdk="pubsub-emulator/lib/*.jar",
    in_cache="pubsub-emulator-*/pubsub-emulator/lib/*.jar",
    archive="pubsub-emulator-0.8.17.zip",
    size=65_162_324,
    sha256="72a49d14ee6cd4c1a0fee4a46f520fe4d7465396a155c61abc0103905047edd3",
)
