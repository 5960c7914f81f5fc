"""Derives from a function's imports which secrets it is given, what it publishes and enqueues, and whether it looks
users up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from infra.bundle import ROOT
from infra.imports import Imports

# Every secret of the settings -> the package whose import means that a function may need it; "": all functions do.
SECRETS = {
    "SIGNING_KEY": "",
    "SECRETS_KEY": "shared.sealing",
    "TRACES_HEADERS": "shared.telemetry",
    "LLM_API_KEY": "shared.providers.llm",
    "EMBED_API_KEY": "shared.providers.embed",
    "PERPLEXITY_API_KEY": "shared.providers.search",
    "FIRECRAWL_API_KEY": "shared.providers.search",
    "GOOGLE_SEARCH_KEY": "shared.providers.search",
    "VERTEX_SEARCH_KEY": "shared.providers.search",
    "RESEND_API_KEY": "shared.providers.mail",
    "SMTP_URL": "shared.providers.mail",
    "RESEND_WEBHOOK_SECRET": "shared.providers.mail.hooks",
    "MAIL_HOOK_SECRET": "shared.providers.mail.hooks",
}
# Every module that imports shared.gcp.pubsub or shared.gcp.tasks -> the topics and queues that it sends to.
PUBLISHERS = {
    "shared.automations.operations.redriving": ("automation-steps",),
    "shared.automations.runs.queue": ("automation-steps",),
}
ENQUEUERS = {
    "shared.automations.operations.redriving": ("deliver-webhook", "run-batch", "wake-execution"),
    "shared.automations.runs.queue": ("wake-execution",),
    "shared.batch.lanes": ("run-batch",),
    "shared.domains.webhooks.outbox": ("deliver-webhook",),
    "shared.search.asking": ("compact-search",),
    "shared.store.relays": ("continue-sweep",),
}
_USERS = "shared.gcp.identity"


@dataclass(frozen=True)
class Needs:
    """Secrets by the names of their settings, topics and queues: each sorted, each once; `users`: it looks them up
    where they sign in."""

    secrets: tuple[str, ...] = ()
    publishes: tuple[str, ...] = ()
    enqueues: tuple[str, ...] = ()
    users: bool = False


def of_modules(reached: Iterable[str]) -> Needs:
    """The needs of a function whose process may import the modules `reached`."""
    modules = set(reached)
    return Needs(
        secrets=tuple(sorted(name for name, package in SECRETS.items() if not package or package in modules)),
        publishes=_sent_to(PUBLISHERS, modules),
        enqueues=_sent_to(ENQUEUERS, modules),
        users=_USERS in modules,
    )


def _sent_to(senders: Mapping[str, tuple[str, ...]], modules: set[str]) -> tuple[str, ...]:
    return tuple(sorted({name for sender, names in senders.items() if sender in modules for name in names}))


def of(module: str) -> Needs:
    """The needs of the function that the module of the manifest exports."""
    return of_modules(_imports().reach(module))


@cache
def _imports() -> Imports:
    return Imports(ROOT)
