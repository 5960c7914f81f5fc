"""Makes what the Firebase CLI reads: functions.yaml, the rewrites of firebase.json, and the folder of functions.

The CLI runs one codebase, a folder with main.py, requirements.txt and a virtual environment named venv. `stage` makes
that folder of links, so that a running emulator follows every change of the code. Formats: firebase-tools,
src/deploy/functions/runtimes/discovery/v1alpha1.ts and schema/firebase-config.json.
"""

import json
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from functions.manifest import FUNCTIONS
from functions.spec import DocumentWritten, FunctionSpec, Http, Queue, Schedule, Topic, Trigger
from infra.bundle import ROOT

HOME = ROOT / "infra/firebase"
YAML = HOME / "functions.yaml"
CONFIG = ROOT / "firebase.json"
STAGED = ROOT / "build/firebase-source"  # `source` in firebase.json
REGION = "us-central1"  # of every function; Hosting's rewrites name it
_NOT_FOUND = "health"  # answers paths of nobody's in our own words, as it does locally
_SECRETS = ("SIGNING_KEY", "SECRETS_KEY")
_LINKED = ("functions", "shared")
# Files are copied: the CLI would upload a link to a file as a link (firebase-tools 2188), and the framework puts the
# folder of main.py itself on the path.
_COPIED = (YAML, ROOT / "requirements.txt", HOME / "main.py")
# Read by the emulator alone, which would look for the secrets at Google otherwise; .gitignored, and never uploaded.
_LOCAL_SECRETS = "SIGNING_KEY=of-the-emulator-alone-protects-nothing\nSECRETS_KEY={key}\n"
_LOCAL_KEY = "b2YtdGhlLWVtdWxhdG9yLWFsb25lLWd1YXJkcy1ub3Q="


def functions_yaml(specs: Iterable[FunctionSpec] = FUNCTIONS) -> str:
    """The text of functions.yaml: every function by its deployed name."""
    document = {"specVersion": "v1alpha1", "endpoints": {spec.deployed_name: _endpoint(spec) for spec in specs}}
    return "\n".join(("# Generated from functions/manifest.py by: python -m infra firebase", *_lines(document), ""))


def rewrites(specs: Iterable[FunctionSpec] = FUNCTIONS) -> list[dict[str, Any]]:
    """Hosting's rewrites: every public path and what is below it, the longest path first; the rest is nobody's."""
    paths = [
        (path, spec.deployed_name)
        for spec in specs
        if isinstance(spec.trigger, Http)
        for path in (spec.trigger.path, *spec.trigger.aliases)
    ]
    longest = sorted(paths, key=lambda item: (-len(item[0]), item[0]))
    return [
        {"source": source, "function": {"functionId": name, "region": REGION}}
        for source, name in (*((f"{path}{{,/**}}", name) for path, name in longest), ("/api{,/**}", _NOT_FOUND))
    ]


def configuration() -> str:
    """The text of firebase.json: as it is, with the manifest's rewrites."""
    config = json.loads(CONFIG.read_text())
    config["hosting"]["rewrites"] = rewrites()
    return json.dumps(config, indent=2) + "\n"


def write() -> None:
    """Bring functions.yaml and firebase.json up to the manifest, and stage."""
    YAML.write_text(functions_yaml())
    CONFIG.write_text(configuration())
    stage()


def stage(folder: Path = STAGED) -> None:
    """Make the folder that the CLI takes the functions from anew."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in _LINKED:
        (folder / name).symlink_to(ROOT / name)
    (folder / "venv").symlink_to(sys.prefix)
    for file in _COPIED:
        shutil.copy(file, folder)
    (folder / ".secret.local").write_text(_LOCAL_SECRETS.format(key=_LOCAL_KEY))


def _endpoint(spec: FunctionSpec) -> dict[str, Any]:
    resources = spec.resources
    return {
        "entryPoint": spec.name,
        "platform": "gcfv2",
        "region": [REGION],
        "timeoutSeconds": resources.timeout,
        "availableMemoryMb": resources.memory,
        "cpu": resources.cpu,
        "concurrency": resources.concurrency,
        "minInstances": resources.min_instances,
        "maxInstances": resources.max_instances,
        "environmentVariables": {"FUNCTION_REGION": REGION, "THREADS": str(resources.concurrency)},
        "secretEnvironmentVariables": [{"key": name, "secret": name} for name in _SECRETS],
        **_trigger(spec.trigger),
    }


def _trigger(trigger: Trigger) -> dict[str, Any]:
    match trigger:
        case Http():
            return {"httpsTrigger": {"invoker": ["public"]}}
        case DocumentWritten(document=document):
            return _event(
                "google.cloud.firestore.document.v1.written",
                eventFilters={"database": "(default)", "namespace": "(default)"},
                eventFilterPathPatterns={"document": document},
            )
        case Topic(topic=topic):
            return _event("google.cloud.pubsub.topic.v1.messagePublished", eventFilters={"topic": topic})
        case Queue():
            retry = {
                "maxAttempts": trigger.max_attempts,
                "minBackoffSeconds": trigger.min_backoff,
                "maxBackoffSeconds": trigger.max_backoff,
            }
            limits = {"maxDispatchesPerSecond": trigger.max_per_second}
            return {"taskQueueTrigger": {"retryConfig": retry, "rateLimits": limits}}
        case Schedule(cron=cron):
            return {"scheduleTrigger": {"schedule": cron, "timeZone": "Etc/UTC"}}


def _event(kind: str, **filters: dict[str, str]) -> dict[str, Any]:
    return {"eventTrigger": {"eventType": kind, "retry": True, **filters}}


def _lines(value: dict[str, Any], indent: str = "") -> Iterable[str]:
    """A mapping as lines of YAML; what is no mapping is written as JSON, which YAML includes."""
    for key, item in value.items():
        if isinstance(item, dict):
            yield f"{indent}{key}:"
            yield from _lines(item, indent + "  ")
        else:
            yield f"{indent}{key}: {json.dumps(item)}"
