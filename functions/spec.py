"""Specs of deployable functions. Standard library only: tools read the manifest without importing the product."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Http:
    """Called by clients below `path`, and below each of `aliases`."""

    path: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class DocumentWritten:
    """Called by Eventarc for each write to a document that matches."""

    document: str


@dataclass(frozen=True)
class Topic:
    """Called by a Pub/Sub push subscription. Backoff in seconds; then the dead-letter topic."""

    topic: str
    min_backoff: int = 10
    max_backoff: int = 600
    max_attempts: int = 20
    ack_deadline: int = 600


@dataclass(frozen=True)
class Queue:
    """Called by Cloud Tasks. Backoff in seconds."""

    queue: str
    min_backoff: float = 1
    max_backoff: float = 300
    max_attempts: int = 100
    max_per_second: float = 500


@dataclass(frozen=True)
class Schedule:
    """Called by Cloud Scheduler at each occurrence of `cron`, in UTC."""

    cron: str


Trigger = Http | DocumentWritten | Topic | Queue | Schedule


@dataclass(frozen=True, kw_only=True)
class Resources:
    """The limits of one instance. Times in seconds, memory in MiB."""

    timeout: int = 60
    memory: int = 512
    concurrency: int = 20
    max_instances: int = 20


@dataclass(frozen=True)
class FunctionSpec:
    """One deployable. `module` exports a function called `name`; deployed, underscores become dashes."""

    name: str
    module: str
    trigger: Trigger
    resources: Resources = Resources()
