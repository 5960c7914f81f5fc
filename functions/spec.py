"""Specs of deployable functions. Standard library only: tools read the manifest without importing the product."""

from dataclasses import dataclass

RUNTIME = "python313"
DEAD_LETTERS = "dead-letters"  # the topic of what was given up; the function dead_letter keeps it


@dataclass(frozen=True)
class Http:
    """Called by clients below `path`, and below each of `aliases`. 95 % of answers are to take `latency_ms` at most;
    None where they wait for somebody else. `streams`: it holds connections, as many as `concurrency`, on one thread."""

    path: str
    aliases: tuple[str, ...] = ()
    latency_ms: int | None = 200
    streams: bool = False


@dataclass(frozen=True)
class DocumentWritten:
    """Called by Eventarc for each write to a document that matches; again for a day, where it fails, with `retry`.

    After `max_attempts`, the most that Pub/Sub (Eventarc's transport) takes, it goes to the dead-letter topic.
    """

    document: str
    retry: bool = True
    max_attempts: int = 100

    @property
    def collection(self) -> str:
        """The user's collection that the document is in."""
        return self.document.split("/")[2]


@dataclass(frozen=True)
class Topic:
    """Called by a Pub/Sub push subscription. Backoff in seconds; then `dead_letter_topic`, if there is one."""

    topic: str
    min_backoff: int = 10
    max_backoff: int = 600
    max_attempts: int = 20
    ack_deadline: int = 600
    dead_letter_topic: str | None = DEAD_LETTERS


@dataclass(frozen=True)
class Queue:
    """Called by Cloud Tasks. Backoff in seconds. A failure of the last attempt is kept as a dead letter."""

    queue: str
    min_backoff: float = 1
    max_backoff: float = 300
    max_attempts: int = 100
    max_per_second: float = 500


@dataclass(frozen=True)
class Schedule:
    """Called by Cloud Scheduler at each occurrence of `cron`, in UTC; up to `retries` times more where it fails."""

    cron: str
    retries: int = 0


Trigger = Http | DocumentWritten | Topic | Queue | Schedule


@dataclass(frozen=True, kw_only=True)
class Resources:
    """The limits of one instance. Times in seconds, memory in MiB."""

    timeout: int = 60
    memory: int = 512
    cpu: float = 1
    concurrency: int = 20  # requests at once, each on a thread of its own (THREADS)
    min_instances: int = 0
    max_instances: int = 20

    def __post_init__(self) -> None:
        """Raises ValueError where Cloud Run would serve one request at a time in spite of `concurrency`."""
        if self.cpu < 1 and self.concurrency != 1:
            raise ValueError("an instance with less than one CPU serves one request at a time: concurrency=1")


@dataclass(frozen=True)
class FunctionSpec:
    """One deployable. `module` exports a function called `name`; deployed, underscores become dashes."""

    name: str
    module: str
    trigger: Trigger
    resources: Resources = Resources()

    @property
    def deployed_name(self) -> str:
        """The function's name on Google Cloud, and in its URL."""
        return self.name.replace("_", "-")
