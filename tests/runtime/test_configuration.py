"""Wrong configuration stops the deployment: under the framework's own command the process ends, with one sentence."""

import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from pydantic import ValidationError

from functions.manifest import FUNCTIONS
from functions.spec import DocumentWritten, FunctionSpec, Http, Queue, Schedule, Topic
from infra import bundle
from infra.local import plain
from infra.local.process import free_port
from shared.settings import Settings
from tests.fixtures.production import ENVIRONMENT as PRODUCTION
from tests.fixtures.waiting import eventually

SPECS = {spec.name: spec for spec in FUNCTIONS}
OF_EACH_KIND = [
    next(spec for spec in FUNCTIONS if isinstance(spec.trigger, kind))
    for kind in (Http, DocumentWritten, Topic, Queue, Schedule)
]


def _started(spec: FunctionSpec, folder: Path, env: dict[str, str], port: int = 0) -> subprocess.Popen[str]:
    """The function under plain functions-framework, as its bundle's main.py has it."""
    (folder / "main.py").write_text(bundle.entry_point(spec))
    command = [sys.executable, "-m", "functions_framework", f"--target={spec.name}", f"--port={port}"]
    base = {"PATH": os.environ["PATH"], "PYTHONPATH": str(bundle.ROOT)}
    return subprocess.Popen(
        command, cwd=folder, env=base | env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def _ended(spec: FunctionSpec, folder: Path, env: dict[str, str]) -> str:
    """What the process says in its end, which is not a success."""
    process = _started(spec, folder, env)
    said, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert said == ""
    return errors


@pytest.mark.parametrize(
    ("wrong", "names", "way_out"),
    [
        ({"FIRESTORE_EMULATOR_HOST": "127.0.0.1:8080"}, "FIRESTORE_EMULATOR_HOST", "remove"),
        ({"FIREBASE_AUTH_EMULATOR_HOST": "127.0.0.1:9099"}, "FIREBASE_AUTH_EMULATOR_HOST", "remove"),
        ({"STORAGE_EMULATOR_HOST": "127.0.0.1:9199"}, "STORAGE_EMULATOR_HOST", "remove"),
        ({"LOCAL_CALLER_SECRET": "open"}, "LOCAL_CALLER_SECRET", "remove"),
        ({"FAILPOINT_FILE": "/tmp/x", "LOCAL_CLOCK_FILE": "/tmp/y"}, "FAILPOINT_FILE, LOCAL_CLOCK_FILE", "remove"),
        (
            {"FUNCTIONS_EMULATOR": "true", "FIRESTORE_EMULATOR_HOST": "firestore.example:8080"},
            "FIRESTORE_EMULATOR_HOST",
            "remove",
        ),
        ({"GOOGLE_CLOUD_PROJECT": ""}, "GOOGLE_CLOUD_PROJECT", "must be set"),
        ({"SIGNING_KEY": "", "GOOGLE_CLOUD_PROJECT": ""}, "GOOGLE_CLOUD_PROJECT", "SIGNING_KEY"),
        ({"SIGNING_KEY": "short-secret"}, "SIGNING_KEY", "at least 32"),
        ({"SIGNING_KEY": "k" * 32 + ",short-secret"}, "SIGNING_KEY", "at least 32"),
        ({"SECRETS_KEY": "not-a-secret-key"}, "SECRETS_KEY", "32 bytes in URL-safe base64"),
        ({"RPC_SECONDS": "soon"}, "RPC_SECONDS", "; correct it, or remove it."),
        ({"FUNCTIONS_URL": "http://functions.example"}, "FUNCTIONS_URL", "https://"),
        ({"MAIL_FROM": "us@example.com"}, "PUBLIC_URL", "must be set with MAIL_FROM"),
    ],
)
def test_the_process_ends_with_one_sentence(wrong: dict[str, str], names: str, way_out: str, tmp_path: Path) -> None:
    environment = {name: value for name, value in (PRODUCTION | wrong).items() if value}
    errors = _ended(SPECS["health"], tmp_path, environment)
    assert errors.startswith("Wrong configuration: ")
    assert errors.count("\n") == 1, errors
    assert names in errors
    assert way_out in errors
    assert "Traceback" not in errors
    assert not [value for name, value in wrong.items() if "KEY" in name and value and value in errors]


@pytest.mark.parametrize(
    ("function", "missing"),
    [
        ("prospect_written", "CALLER_SERVICE_ACCOUNT"),
        ("run_execution", "CALLER_SERVICE_ACCOUNT"),
        ("deliver_webhook", "CALLER_SERVICE_ACCOUNT"),
        ("follow_ups_due", "CALLER_SERVICE_ACCOUNT"),
        ("automations", "TASKS_SERVICE_ACCOUNT"),
        ("automations", "FUNCTIONS_URL"),
        ("automations", "FUNCTION_REGION"),
        ("automations", "SECRETS_KEY"),
    ],
)
def test_a_function_ends_without_what_its_own_work_needs(function: str, missing: str, tmp_path: Path) -> None:
    environment = {name: value for name, value in PRODUCTION.items() if name != missing}
    errors = _ended(SPECS[function], tmp_path, environment)
    assert errors.startswith(f"Wrong configuration: {missing} must be set on Cloud Run: ")
    assert errors.count("\n") == 1, errors


@pytest.mark.parametrize("spec", OF_EACH_KIND, ids=lambda spec: spec.name)
def test_with_all_that_it_needs_a_function_of_each_kind_serves(spec: FunctionSpec, tmp_path: Path) -> None:
    port = free_port()
    process = _started(spec, tmp_path, PRODUCTION, port)
    try:
        eventually(lambda: _answers(port))
        assert process.poll() is None
    finally:
        process.terminate()
        process.communicate(timeout=60)


def test_firebases_emulator_is_local(tmp_path: Path) -> None:
    port = free_port()
    local = {"K_SERVICE": "health", "FUNCTIONS_EMULATOR": "true", "FIRESTORE_EMULATOR_HOST": "127.0.0.1:8080"}
    process = _started(SPECS["health"], tmp_path, local, port)
    try:
        eventually(lambda: _answers(port))
    finally:
        process.terminate()
        process.communicate(timeout=60)


def _answers(port: int) -> bool:
    try:
        return plain.post(f"http://127.0.0.1:{port}/", timeout=5).status_code < 600
    except httpx.TransportError:
        return False


def test_the_settings_themselves_refuse_what_is_local(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"cloud_run_service": "prospects", "project": "prospects-1", "signing_key": "k" * 32}
    assert Settings.model_validate(given).deployed
    for variable in ("firestore_emulator_host", "firebase_auth_emulator_host", "local_caller_secret"):
        with pytest.raises(ValidationError, match=f"{variable.upper()} must not be set on Cloud Run"):
            Settings.model_validate(given | {variable: "127.0.0.1:1"})
    monkeypatch.setenv("DATABASE_EMULATOR_HOST", "127.0.0.1:1")
    with pytest.raises(ValidationError, match="DATABASE_EMULATOR_HOST must not be set on Cloud Run"):
        Settings.model_validate(given)


def test_several_signing_keys_are_listed_newest_first() -> None:
    given = {"cloud_run_service": "prospects", "project": "prospects-1", "signing_key": f"{'n' * 32}, {'k' * 32}"}
    assert Settings.model_validate(given).server_keys == ["n" * 32, "k" * 32]
    with pytest.raises(ValidationError, match="at least 32"):
        Settings.model_validate(given | {"signing_key": "k" * 32 + ","})
