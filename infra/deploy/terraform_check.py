"""Checks infra/terraform without Terraform: its files, and that it deploys the manifest, no more and no less."""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from functions.manifest import FUNCTIONS
from functions.spec import DocumentWritten, FunctionSpec, Http, Queue, Schedule, Topic
from infra.bundle import ROOT
from infra.deploy import archives
from infra.deploy.hcl import checks, configuration
from infra.deploy.hcl.configuration import Configuration
from infra.deploy.hcl.expand import ExpansionFault, World
from infra.deploy.plan import CALLERS
from infra.local.process import LocalError

FOLDER = ROOT / "infra/terraform"
# A deployment with everything that is optional.
EXAMPLE = {
    "project": "shop-1",
    "database_location": "eur3",
    "alert_email": "ops@example.com",
    "billing_account": "012345-6789AB-CDEF01",
    "hosting_domain": "api.example.com",
    "vertex_ai": True,
    "traces": True,
    "provider_secrets": {"LLM_API_KEY": "2"},
    "environment": {"LLM_MODEL": "small"},
    "min_instances": {"automations": 1},
    "cors_origins": ["https://app.example.com", "https://example.com"],
}
NOBODYS = ("/api", "health")  # what is nobody's below /api, and who answers there
Resources = dict[str, dict[str, dict[str, Any]]]


def check(folder: Path = FOLDER) -> None:
    """Print what was checked. Raises LocalError, which names everything that is wrong."""
    loaded = configuration.load(folder)
    if wrong := problems(loaded):
        raise LocalError("\n".join(wrong))
    number = sum(map(len, expanded(loaded).values()))
    print(f"{folder.relative_to(ROOT)}: {len(loaded.blocks)} blocks, {number} resources, as the manifest says.")


def problems(loaded: Configuration) -> list[str]:
    """Everything that is wrong, a line each."""
    wrong = checks.problems(loaded)
    if wrong:
        return wrong
    try:
        return list(differences(expanded(loaded), FUNCTIONS))
    except ExpansionFault as fault:
        return [str(fault)]


def expanded(loaded: Configuration, variables: Mapping[str, Any] = EXAMPLE) -> Resources:
    """The resources of an apply, by kind and address, with archives by made-up names. Raises ExpansionFault."""
    return world(loaded, variables).resources()


def world(loaded: Configuration, variables: Mapping[str, Any] = EXAMPLE) -> World:
    """A configuration with values for its variables. Raises ExpansionFault."""
    with TemporaryDirectory() as folder:
        index = {spec.deployed_name: f"{spec.deployed_name}-0123456789abcdef.zip" for spec in FUNCTIONS}
        (Path(folder) / archives.INDEX).write_text(json.dumps(index))
        made = World(loaded, {**variables, "archives": folder})
        made.resources()  # reads the index
        return made


def differences(resources: Resources, specs: Iterable[FunctionSpec]) -> Iterator[str]:
    """What the manifest says and an apply would not make, and the other way round."""
    specs = tuple(specs)
    for words, wanted, deployed in (
        ("functions", {(s.deployed_name, s.name) for s in specs}, _functions(resources)),
        ("document triggers", _of(specs, DocumentWritten, "document"), _triggers(resources)),
        ("topics", _of(specs, Topic, "topic"), _topics(resources)),
        ("queues", {s.trigger.queue for s in specs if isinstance(s.trigger, Queue)}, _names(resources, "queue")),
        ("jobs", _of(specs, Schedule, "cron"), _jobs(resources)),
        ("callers", {(s.deployed_name, _caller(s)) for s in specs}, _invokers(resources)),
        ("accounts", _accounts(specs), _account_ids(resources)),
        ("paths", {(p, s.deployed_name) for s in specs for p in _paths(s)} | {NOBODYS}, _rewrites(resources)),
    ):
        yield from (f"{words}: {_text(item)} is in the manifest alone" for item in sorted(wanted - deployed))
        yield from (f"{words}: {_text(item)} is in Terraform alone" for item in sorted(deployed - wanted))


def _text(item: Any) -> str:
    return item if isinstance(item, str) else " ".join(item)


def _of(specs: Iterable[FunctionSpec], kind: type, field: str) -> set[Any]:
    return {(spec.deployed_name, getattr(spec.trigger, field)) for spec in specs if isinstance(spec.trigger, kind)}


def _caller(spec: FunctionSpec) -> str:
    return CALLERS.get(type(spec.trigger), "allUsers")


def _accounts(specs: Iterable[FunctionSpec]) -> set[str]:
    kinds = {spec.module.split(".")[1].replace("http", "api") for spec in specs}
    called = {_caller(spec) for spec in specs} - {"allUsers"}
    return {f"run-{kind}" for kind in kinds} | called | {"build-functions"}


def _paths(spec: FunctionSpec) -> tuple[str, ...]:
    return (spec.trigger.path, *spec.trigger.aliases) if isinstance(spec.trigger, Http) else ()


def _bodies(resources: Resources, kind: str) -> Iterator[dict[str, Any]]:
    yield from resources.get(f"google_{kind}", {}).values()


def _functions(resources: Resources) -> set[tuple[str, str]]:
    return {(b["name"], b["build_config"][0]["entry_point"]) for b in _bodies(resources, "cloudfunctions2_function")}


def _triggers(resources: Resources) -> set[tuple[str, str]]:
    return {
        (body["name"], event_filter["value"])
        for body in _bodies(resources, "cloudfunctions2_function")
        for trigger in body.get("event_trigger", ())
        for event_filter in trigger["event_filters"]
        if event_filter["attribute"] == "document"
    }


def _topics(resources: Resources) -> set[tuple[str, str]]:
    """Each subscription's function, or its own name where nobody is pushed to, with its topic's name."""
    named = {address: body["name"] for address, body in resources.get("google_pubsub_topic", {}).items()}
    found = set()
    for body in _bodies(resources, "pubsub_subscription"):
        topic = named[str(body["topic"]).strip("<>").removesuffix(".id")]
        pushed = [_function_of(config["push_endpoint"]) for config in body.get("push_config", ())]
        found.add((pushed[0] if pushed else body["name"], topic))
    return found | {("nobody", name) for name in set(named.values()) - {topic for _, topic in found}}


def _function_of(uri: Any) -> str:
    """The function whose address a value is, as far as it is known before an apply."""
    return str(uri).partition("function[")[2].partition("]")[0]


def _names(resources: Resources, kind: str) -> set[str]:
    return {body["name"] for body in _bodies(resources, f"cloud_tasks_{kind}")}


def _jobs(resources: Resources) -> set[tuple[str, str]]:
    jobs = _bodies(resources, "cloud_scheduler_job")
    return {(_function_of(body["http_target"][0]["uri"]), body["schedule"]) for body in jobs}


def _invokers(resources: Resources) -> set[tuple[str, str]]:
    return {
        (body["service"], str(body["member"]).partition("caller[")[2].partition("]")[0] or str(body["member"]))
        for body in _bodies(resources, "cloud_run_service_iam_member")
        if body["role"] == "roles/run.invoker"
    }


def _account_ids(resources: Resources) -> set[str]:
    return {body["account_id"] for body in _bodies(resources, "service_account")}


def _rewrites(resources: Resources) -> set[tuple[str, str]]:
    return {
        (rewrite["regex"].removeprefix("^").removesuffix("(/.*)?$").replace("\\.", "."), run["service_id"])
        for body in _bodies(resources, "firebase_hosting_version")
        for config in body["config"]
        for rewrite in config.get("rewrites", ())
        for run in rewrite["run"]
    }
