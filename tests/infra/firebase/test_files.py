"""The Firebase CLI's files, as its own code reads them: every function, its trigger, and no file too many."""

import json
import shutil
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest

from functions.manifest import FUNCTIONS
from functions.spec import DocumentWritten, FunctionSpec, Http, Queue, Schedule, Topic
from infra import firebase
from tests.fixtures import node

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

_HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def packages(root: Path) -> Path:
    return node.packages(root, _HERE)


def _read(packages: Path, config: Path, source: Path, *paths: str) -> dict[str, Any]:
    done = node.run("node", str(_HERE / "check.cjs"), str(packages), str(config), str(source), *paths, cwd=_HERE)
    assert done.returncode == 0, done.stdout + done.stderr
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the CLI takes functions from, in use: Python has run there, and a log lies about."""
    folder = tmp_path_factory.mktemp("firebase") / "source"
    firebase.stage(folder)
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__/main.cpython-313.pyc").touch()
    (folder / "firestore-debug.log").touch()
    return folder


@pytest.fixture(scope="module")
def read(packages: Path, source: Path) -> dict[str, Any]:
    return _read(packages, firebase.CONFIG, source)


def test_the_configuration_fits_its_schema(read: dict[str, Any], packages: Path, source: Path, tmp_path: Path) -> None:
    assert read["wrong"] == []
    config = json.loads(firebase.CONFIG.read_text())
    config["functions"][0]["runtime"] = "cobol85"
    (tmp_path / "firebase.json").write_text(json.dumps(config))
    assert _read(packages, tmp_path / "firebase.json", source)["wrong"]


def test_every_function_is_deployed_with_its_resources(read: dict[str, Any]) -> None:
    deployed = {endpoint["id"]: endpoint for endpoint in read["deployed"]}
    assert set(deployed) == {spec.deployed_name for spec in FUNCTIONS}
    for spec in FUNCTIONS:
        endpoint = deployed[spec.deployed_name]
        assert endpoint["entryPoint"] == spec.name
        assert endpoint["concurrency"] == int(endpoint["environmentVariables"]["THREADS"]) == spec.resources.concurrency
        assert (endpoint["timeoutSeconds"], endpoint["availableMemoryMb"]) == (
            spec.resources.timeout,
            spec.resources.memory,
        )
        _check_trigger(spec, endpoint)


def _check_trigger(spec: FunctionSpec, endpoint: dict[str, Any]) -> None:
    match spec.trigger:
        case Http():
            assert endpoint["httpsTrigger"]["invoker"] == ["public"]
        case DocumentWritten(document=document):
            assert endpoint["eventTrigger"]["eventFilterPathPatterns"] == {"document": document}
            assert endpoint["eventTrigger"]["retry"] is True
        case Topic(topic=topic):
            assert endpoint["eventTrigger"]["eventFilters"] == {"topic": f"projects/p/topics/{topic}"}
        case Queue(queue=queue):
            assert endpoint["taskQueueTrigger"]["retryConfig"]["maxAttempts"] == spec.trigger.max_attempts
            assert queue == endpoint["id"]  # as which the CLI creates it
        case Schedule(cron=cron):
            assert endpoint["scheduleTrigger"]["schedule"] == cron
            assert endpoint["scheduleTrigger"]["timeZone"] == "Etc/UTC"


def test_the_source_alone_is_uploaded(read: dict[str, Any]) -> None:
    assert {name.split("/")[0] for name in read["uploaded"]} == {
        "functions",
        "shared",
        "main.py",
        "requirements.txt",
        "functions.yaml",
    }
    assert [name for name in read["uploaded"] if name.endswith(".pyc")] == []
    assert "shared/settings/__init__.py" in read["uploaded"]


def _links(archive: str) -> list[str]:
    """The entries of an archive that are links; the archive is removed."""
    with zipfile.ZipFile(archive) as packed:
        assert "shared/settings/__init__.py" in packed.namelist()
        links = [entry.filename for entry in packed.infolist() if stat.S_ISLNK(entry.external_attr >> 16)]
    Path(archive).unlink()
    return links


def test_what_is_uploaded_holds_no_link(packages: Path, source: Path, root: Path, tmp_path: Path) -> None:
    """firebase/firebase-tools#2188: a link to a file is uploaded as one, to where nothing is at Google."""
    assert _links(_read(packages, firebase.CONFIG, source)["archive"]) == []
    linked = tmp_path / "source"
    firebase.stage(linked)
    (linked / "requirements.txt").unlink()
    (linked / "requirements.txt").symlink_to(root / "requirements.txt")
    assert _links(_read(packages, firebase.CONFIG, linked)["archive"]) == ["requirements.txt"]


def test_hosting_sends_every_public_path_to_its_function(packages: Path, source: Path) -> None:
    """And what only begins alike to nobody's, which answers 404 in our own words."""
    expected = {"/api": "health", "/api/nothing": "health", "/": None, "/elsewhere": None}
    http = [(spec, spec.trigger) for spec in FUNCTIONS if isinstance(spec.trigger, Http)]
    owners = {path: spec.deployed_name for spec, trigger in http for path in (trigger.path, *trigger.aliases)}
    for path, owner in owners.items():
        folder = path.rpartition("/")[0]
        expected |= dict.fromkeys((path, f"{path}/x", f"{path}/x/y"), owner)
        expected.setdefault(f"{path}-x", owners.get(folder, "health" if folder else None))
    answered = _read(packages, firebase.CONFIG, source, *expected)["rewritten"]
    assert dict(zip(expected, answered, strict=True)) == expected


def test_the_staged_folder_follows_the_source(source: Path, root: Path) -> None:
    assert (source / "shared").resolve() == root / "shared"
    assert (source / "venv/bin/functions-framework").exists()
    firebase.stage(source)  # again, over what is there
    assert (root / "shared/settings/__init__.py").exists()
    shutil.rmtree(source / "__pycache__", ignore_errors=True)
