"""make rollback PROJECT=…: back to the revisions that served before the last deployment."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from infra.deploy.commands import Site
from infra.deploy.execute import Executor
from infra.deploy.record import LAST, Reading, Record
from infra.deploy.session import check, keep, listed, locked
from infra.deploy.traffic import Service
from infra.local.process import LocalError


@dataclass(frozen=True)
class Way:
    """Each function's revision to go back to, those that are new and have none, and what is left behind."""

    routes: Mapping[str, str]
    new: tuple[str, ...]
    rejected: tuple[str, ...]


def way_back(record: Record | None, deployed: Mapping[str, Service], revisions: frozenset[str]) -> Way | str:
    """The way back, or why there is none. `revisions` are those that Cloud Run still has."""
    if record is None:
        return "There is no deployment to roll back: none was recorded in this project."
    if record.state == "rolled back":
        return "The last deployment is rolled back already. To go further back, deploy an earlier commit."
    moved = {
        name: revision
        for name, revision in record.before.items()
        if name in deployed and deployed[name].serving.get(revision, 0) < 100
    }
    new = tuple(sorted(set(record.after) - set(record.before)))
    if not moved:
        first = "It was the first: there is no revision before it. " if not record.before else ""
        return f"{first}Every function is served as it was before the last deployment: there is nothing to roll back."
    gone = sorted(revision for revision in moved.values() if revision not in revisions)
    if gone:
        return f"{', '.join(gone)} is not there any more. Deploy the commit before: git checkout, make deploy"
    rejected = tuple(sorted({deployed[name].ready for name in moved} | set(record.rejected)))
    return Way(moved, new, rejected)


def roll_back(site: Site, executor: Executor) -> None:
    """Route all traffic to the revisions that served before the last deployment. Raises LocalError."""
    who = check(site, executor)
    with locked(site, executor, who):
        reading = Reading.of(executor.run(site.read_object(LAST)))
        if reading.fault:
            raise LocalError(reading.fault)
        site = replace(site, region=reading.record.region if reading.record else site.region)
        revisions = executor.run(site.revisions())
        if not revisions.ok:
            raise LocalError(f"The revisions cannot be listed: {revisions.err.strip()}. Nothing was changed.")
        present = frozenset(str(entry["metadata"]["name"]) for entry in revisions.json() or ())
        way = way_back(reading.record, listed(site, executor), present)
        if isinstance(way, str) or reading.record is None:
            raise LocalError(f"{way} Nothing was changed.")
        _go(site, executor, reading.record, way)


def _go(site: Site, executor: Executor, last: Record, way: Way) -> None:
    executor.say("\n".join(f"  {name}: {revision}" for name, revision in way.routes.items()))
    if not executor.agree("Route all traffic to these revisions?"):
        raise LocalError("Nothing was changed: nobody agreed. In a script: make rollback PROJECT=… YES=1")
    answers = executor.run_all([site.route(name, revision) for name, revision in way.routes.items()])
    failed = [name for name, answer in zip(way.routes, answers, strict=True) if not answer.ok]
    if failed:
        raise LocalError(f"{', '.join(failed)} could not be routed; the others were. Run make rollback again.")
    keep(site, executor, last.model_copy(update={"state": "rolled back", "rejected": list(way.rejected)}))
    left = f" New with that deployment, and still there: {', '.join(way.new)}." if way.new else ""
    executor.say(f"{len(way.routes)} functions serve what they served before. Data and indexes stay as they are.{left}")
