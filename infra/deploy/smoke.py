"""Tries revisions that serve nobody yet: what is asked of each function, and which answers are good."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from infra.bundle import ROOT
from infra.deploy.traffic import Service

_PUBLIC = {
    "/api/health",
    "/api/ready",
    "/api/openapi.json",
    "/api/docs",
    "/api/realtime/realtime.js",
}  # these answer 200 to anybody
_DESCRIPTION = ROOT / "functions/openapi.json"
_PROBLEM = "urn:problem:"


@dataclass(frozen=True)
class Probe:
    """A GET without a token, and the answer that a good revision gives; `status` 0: any but a failure, in our words."""

    function: str
    url: str
    status: int


@dataclass(frozen=True)
class Response:
    """What came back; status 0 and the reason as the body where nothing did."""

    status: int
    body: str


def private_paths(description: str | None = None) -> frozenset[str]:
    """The paths that answer 401 to whoever has no token, from the API's description."""
    content: dict[str, Any] = json.loads(description or _DESCRIPTION.read_text())
    return frozenset(
        path
        for path, operations in content["paths"].items()
        if "get" in operations and operations["get"].get("security", content.get("security"))
    )


def probes(service: Service, paths: tuple[str, ...], private: frozenset[str]) -> Iterator[Probe]:
    """What is asked of a function that answers at these public paths."""
    for path in paths:
        if path in _PUBLIC:
            status = 200
        elif path in private:
            status = 401
        else:
            status = 0
        yield Probe(service.name, f"{service.next_url or service.url}{path}", status)


def fault(probe: Probe, response: Response) -> str | None:
    """What is wrong with an answer, in a sentence; None where it is good."""
    asked = f"{probe.function}: GET {probe.url}"
    if response.status == 0:
        return f"{asked} was not answered: {response.body}"
    if response.status == 403 and _PROBLEM not in response.body:
        return (
            f"{asked} was refused by Google Cloud: allUsers lacks roles/run.invoker, which an organization may forbid"
        )
    if probe.status and response.status != probe.status:
        return f"{asked} answered {response.status}, not {probe.status}: {response.body[:200]}"
    if response.status >= 500 or (response.status >= 400 and _PROBLEM not in response.body):
        return f"{asked} answered {response.status}: {response.body[:200]}"
    return None


def job_fault(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, job: str) -> str | None:
    """What is wrong with a run of a Cloud Scheduler job; "" while it has not run, None where it was good."""
    if after is None:
        return f"The job {job} cannot be read"
    if after.get("lastAttemptTime") == (before or {}).get("lastAttemptTime"):
        return ""
    code = after.get("status", {}).get("code", 0)
    return f"The job {job} failed with code {code}: see the function's log" if code else None
