"""Makes the deployment's plan from the manifest; `write` puts it where Terraform reads it.

The plan holds for every project: where a value follows from where it is deployed, it has a placeholder, {project}
for one, which `Target.fill` and Terraform replace. It names what is deployed by its name on Google Cloud.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from functions.manifest import FUNCTIONS
from functions.spec import RUNTIME, DocumentWritten, FunctionSpec, Http, Queue, Schedule, Topic
from infra.bundle import ROOT
from infra.deploy import needs
from infra.deploy.needs import Needs

FILE = ROOT / "infra/terraform/plan.json"
# The database's location -> the region of functions beside it. Every other location is a region, which is its own.
MULTI_REGIONS = {"nam5": "us-central1", "nam7": "us-central1", "eur3": "europe-west1"}
CALLERS = {DocumentWritten: "call-eventarc", Topic: "call-pubsub", Queue: "call-tasks", Schedule: "call-scheduler"}
TASKS_CALLER = CALLERS[Queue]
_ENVIRONMENT = {
    "GOOGLE_CLOUD_PROJECT": "{project}",
    "FUNCTION_REGION": "{region}",
    "FUNCTIONS_URL": "{functions_url}",
    "PUBLIC_URL": "{public_url}",
    "CORS_ORIGINS": "{cors_origins}",
}


def region_beside(location: str) -> str:
    """The region of functions for a Firestore database in `location`: one of a multi-region's, else the same."""
    return MULTI_REGIONS.get(location, location)


@dataclass(frozen=True)
class Target:
    """Where a plan is deployed. Triggers of document events are where the database is, functions in `region`."""

    project: str
    database_location: str = "nam5"
    region: str = ""  # "": beside the database
    public_url: str = ""  # "": the project's own site
    cors_origins: str = ""  # separated by commas; "": the public URL alone

    def values(self) -> dict[str, str]:
        """What each placeholder stands for."""
        region = self.region or region_beside(self.database_location)
        public_url = self.public_url or f"https://{self.project}.web.app"
        return {
            "project": self.project,
            "region": region,
            "trigger_location": self.database_location,
            "functions_url": f"https://{region}-{self.project}.cloudfunctions.net",
            "public_url": public_url,
            "cors_origins": self.cors_origins or public_url,
        }

    def fill(self, text: str) -> str:
        """Replace the placeholders in a text of the plan. Raises KeyError for one that the target does not have."""
        return text.format(**self.values())


@dataclass(frozen=True, kw_only=True)
class FunctionPlan:
    """One function: `timeout` in seconds, `memory` in MiB; the last fields are set by its trigger."""

    entry_point: str  # the name in the manifest, and of the bundle
    kind: str  # api, events, workers or schedules
    account: str  # it runs under
    caller: str | None  # the account that alone may call it; None: anybody
    ingress: str
    timeout: int
    memory: int
    cpu: str
    concurrency: int
    min_instances: int
    max_instances: int
    environment: dict[str, str]
    secrets: tuple[str, ...]
    paths: tuple[str, ...] = ()  # of an HTTP function
    latency_ms: int | None = None  # that 95 % of its answers are to take at most
    document: str | None = None
    topic: str | None = None
    queue: str | None = None
    cron: str | None = None
    retry: bool = False  # of document events


@dataclass(frozen=True)
class TopicPlan:
    """A topic, its push subscription to `function`, and the topic of its dead letters. Times in seconds."""

    function: str
    subscription: str
    dead_letters: str | None  # None: it is that topic itself
    ack_deadline: int
    min_backoff: int
    max_backoff: int
    max_attempts: int


@dataclass(frozen=True)
class QueuePlan:
    """A queue of Cloud Tasks, whose tasks call `function`. Times in seconds."""

    function: str
    max_per_second: float
    min_backoff: float
    max_backoff: float
    max_attempts: int


@dataclass(frozen=True)
class JobPlan:
    """A job of Cloud Scheduler, which calls the function of its name. Times in seconds."""

    cron: str
    retries: int
    deadline: int


@dataclass(frozen=True)
class AccountPlan:
    """A service account that functions run under, and what they may do beside reading and writing documents."""

    publishes: tuple[str, ...]  # topics
    enqueues: tuple[str, ...]  # queues
    acts_as: tuple[str, ...]  # accounts
    secrets: tuple[str, ...]
    users: bool  # looks users up where they sign in


@dataclass(frozen=True, kw_only=True)
class Plan:
    """All that is deployed: by name, and by id where it is an account."""

    runtime: str = RUNTIME
    regions: dict[str, str] = field(default_factory=lambda: dict(MULTI_REGIONS))
    functions: dict[str, FunctionPlan]
    topics: dict[str, TopicPlan]
    queues: dict[str, QueuePlan]
    jobs: dict[str, JobPlan]
    accounts: dict[str, AccountPlan]
    callers: dict[str, tuple[str, ...]]  # an account -> the functions that it may call
    secrets: tuple[str, ...]

    def text(self) -> str:
        """The plan as JSON."""
        return json.dumps(asdict(self), indent=2) + "\n"


def plan(specs: Iterable[FunctionSpec] = FUNCTIONS, needed: Callable[[str], Needs] = needs.of) -> Plan:
    """The plan of these functions; `needed` says what the function of a module needs."""
    specs = tuple(specs)
    own = {spec.deployed_name: needed(spec.module) for spec in specs}
    functions = {spec.deployed_name: _function(spec, own[spec.deployed_name]) for spec in specs}
    return Plan(
        functions=functions,
        topics={s.trigger.topic: _topic(s, s.trigger) for s in specs if isinstance(s.trigger, Topic)},
        queues={s.trigger.queue: _queue(s, s.trigger) for s in specs if isinstance(s.trigger, Queue)},
        jobs={s.deployed_name: _job(s, s.trigger) for s in specs if isinstance(s.trigger, Schedule)},
        accounts={
            account: _account([own[name] for name, function in functions.items() if function.account == account])
            for account in dict.fromkeys(function.account for function in functions.values())
        },
        callers={
            caller: tuple(name for name, function in functions.items() if function.caller == caller)
            for caller in dict.fromkeys(function.caller for function in functions.values())
            if caller
        },
        secrets=_union(need.secrets for need in own.values()),
    )


def write(file: Path = FILE) -> None:
    """Write the manifest's plan."""
    file.write_text(plan().text())


def _function(spec: FunctionSpec, need: Needs) -> FunctionPlan:
    kind = _kind(spec)
    trigger, resources = spec.trigger, spec.resources
    return FunctionPlan(
        entry_point=spec.name,
        kind=kind,
        account=f"run-{kind}",
        caller=CALLERS.get(type(trigger)),
        # Tasks name a function by its cloudfunctions.net address, which counts as outside; IAM guards those.
        ingress="ALLOW_ALL" if isinstance(trigger, Http | Queue) else "ALLOW_INTERNAL_ONLY",
        timeout=resources.timeout,
        memory=resources.memory,
        cpu=f"{resources.cpu:g}",
        concurrency=resources.concurrency,
        min_instances=resources.min_instances,
        max_instances=resources.max_instances,
        environment=_environment(spec, need),
        secrets=need.secrets,
        paths=(trigger.path, *trigger.aliases) if isinstance(trigger, Http) else (),
        latency_ms=trigger.latency_ms if isinstance(trigger, Http) else None,
        document=trigger.document if isinstance(trigger, DocumentWritten) else None,
        topic=trigger.topic if isinstance(trigger, Topic) else None,
        queue=trigger.queue if isinstance(trigger, Queue) else None,
        cron=trigger.cron if isinstance(trigger, Schedule) else None,
        retry=isinstance(trigger, DocumentWritten) and trigger.retry,
    )


def _kind(spec: FunctionSpec) -> str:
    folder = spec.module.split(".")[1]
    return "api" if folder == "http" else folder


def _environment(spec: FunctionSpec, need: Needs) -> dict[str, str]:
    """The variables that follow from the plan; THREADS is how many requests the server really takes at once."""
    environment = {**_ENVIRONMENT, "THREADS": str(spec.resources.concurrency)}
    if caller := CALLERS.get(type(spec.trigger)):
        environment["CALLER_SERVICE_ACCOUNT"] = email(caller)
    if need.enqueues:
        environment["TASKS_SERVICE_ACCOUNT"] = email(TASKS_CALLER)
    return environment


def email(account: str) -> str:
    """The address of a service account, with a placeholder for the project."""
    return f"{account}@{{project}}.iam.gserviceaccount.com"


def _topic(spec: FunctionSpec, trigger: Topic) -> TopicPlan:
    return TopicPlan(
        function=spec.deployed_name,
        subscription=f"{trigger.topic}-{spec.deployed_name}",
        dead_letters=trigger.dead_letter_topic,
        ack_deadline=trigger.ack_deadline,
        min_backoff=trigger.min_backoff,
        max_backoff=trigger.max_backoff,
        max_attempts=trigger.max_attempts,
    )


def _queue(spec: FunctionSpec, trigger: Queue) -> QueuePlan:
    return QueuePlan(
        function=spec.deployed_name,
        max_per_second=trigger.max_per_second,
        min_backoff=trigger.min_backoff,
        max_backoff=trigger.max_backoff,
        max_attempts=trigger.max_attempts,
    )


def _job(spec: FunctionSpec, trigger: Schedule) -> JobPlan:
    return JobPlan(cron=trigger.cron, retries=trigger.retries, deadline=spec.resources.timeout)


def _account(own: list[Needs]) -> AccountPlan:
    enqueues = _union(need.enqueues for need in own)
    return AccountPlan(
        publishes=_union(need.publishes for need in own),
        enqueues=enqueues,
        acts_as=(TASKS_CALLER,) if enqueues else (),
        secrets=_union(need.secrets for need in own),
        users=any(need.users for need in own),
    )


def _union(names: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(sorted({name for group in names for name in group}))
