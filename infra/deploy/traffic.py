"""Reads which revision serves whom, and decides what is routed where. Format: gcloud run services list."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from infra.deploy.commands import NEXT, Command, Site


@dataclass(frozen=True)
class Service:
    """One function's service; revisions by name, traffic in percent."""

    name: str
    url: str
    serving: Mapping[str, int]  # revision -> percent
    follows: bool  # the latest revision takes the traffic by itself
    ready: str  # the latest revision that can serve
    created: str  # the latest revision, which may have failed to start
    next_url: str = ""  # of the tagged revision
    reason: str = ""  # why the latest revision does not start

    @property
    def held(self) -> bool:
        """Whether the latest revision could serve, and does not serve everybody."""
        return self.created == self.ready and self.serving.get(self.ready, 0) < 100


def services(listed: Iterable[Mapping[str, Any]] | None) -> dict[str, Service]:
    """The services of gcloud's list, by name."""
    deployed = (_service(entry) for entry in listed or ())
    return {service.name: service for service in deployed}


def _service(entry: Mapping[str, Any]) -> Service:
    status = entry.get("status", {})
    ready = status.get("latestReadyRevisionName", "")
    traffic = status.get("traffic", [])
    serving: dict[str, int] = {}
    for part in traffic:
        if percent := part.get("percent", 0):
            revision = part.get("revisionName") or ready
            serving[revision] = serving.get(revision, 0) + percent
    failed = (part for part in status.get("conditions", ()) if part.get("status") == "False")
    return Service(
        name=entry["metadata"]["name"],
        url=status.get("url", ""),
        serving=serving,
        follows=any(part.get("latestRevision") and part.get("percent") for part in traffic),
        ready=ready,
        created=status.get("latestCreatedRevisionName", ready),
        next_url=next((part["url"] for part in traffic if part.get("tag") == NEXT and "url" in part), ""),
        reason=next((part.get("message", "") for part in failed), ""),
    )


def pins(site: Site, deployed: Mapping[str, Service]) -> list[Command]:
    """Holds every service where it is: the revision that is made next takes no traffic by itself."""
    return [
        site.route(service.name, service.ready)
        for service in deployed.values()
        if service.follows and service.ready and service.serving.get(service.ready) == 100
    ]


def unstarted(deployed: Mapping[str, Service], names: Iterable[str]) -> dict[str, str]:
    """The functions whose latest revision does not start, and why."""
    return {
        name: deployed[name].reason or f"revision {deployed[name].created} is not ready"
        for name in names
        if name in deployed and deployed[name].created != deployed[name].ready
    }


def candidates(
    deployed: Mapping[str, Service], names: Iterable[str], rejected: Iterable[str] = ()
) -> dict[str, Service]:
    """The functions whose latest revision waits for traffic, but for revisions that were rolled back."""
    refused = set(rejected)
    return {
        name: deployed[name]
        for name in names
        if name in deployed and deployed[name].held and deployed[name].ready not in refused
    }


def serving(deployed: Mapping[str, Service]) -> dict[str, str]:
    """The revision that serves most of each function, to be recorded."""
    return {
        name: max(service.serving, key=lambda revision: service.serving[revision])
        for name, service in deployed.items()
        if service.serving
    }
