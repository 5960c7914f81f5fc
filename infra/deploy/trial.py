"""Tries the new revisions, and gives them the traffic when all of them are good."""

from collections.abc import Iterable, Mapping

from infra.deploy import smoke
from infra.deploy.commands import Command, Site
from infra.deploy.execute import Executor
from infra.deploy.plan import Plan
from infra.deploy.record import Record
from infra.deploy.session import keep, listed
from infra.deploy.traffic import Service, candidates, unstarted
from infra.local.process import LocalError

_JOB_LOOKS, _JOB_PAUSE = 24, 5.0  # times, seconds: a cold start and a sweep fit in


def pass_on(site: Site, executor: Executor, begun: Record, new: Iterable[str], plan: Plan) -> None:
    """Try what waits for traffic and what is new, then route. Raises LocalError; then the old revisions serve."""
    deployed = listed(site, executor)
    if broken := unstarted(deployed, plan.functions):
        reasons = "\n".join(f"* {name}: {reason}" for name, reason in broken.items())
        raise _failed(site, executor, begun, f"New revisions do not start:\n{reasons}")
    waiting = candidates(deployed, plan.functions, begun.rejected)
    begun = begun.model_copy(update={"after": begun.after | {name: s.ready for name, s in deployed.items()}})
    keep(site, executor, begun)
    _tag(site, executor, begun, [name for name in waiting if plan.functions[name].paths])
    fresh = {name: deployed[name] for name in new if name in deployed}
    tagged = {name: service for name, service in listed(site, executor).items() if name in waiting}
    if faults := _faults(executor, {**fresh, **tagged}, plan):
        raise _failed(site, executor, begun, "\n".join(f"* {fault}" for fault in faults))
    _try_job(site, executor, begun, waiting, plan)
    _route(site, executor, begun, waiting)
    keep(site, executor, begun.model_copy(update={"state": "done"}))
    executor.run_all([site.untag(name) for name in waiting if plan.functions[name].paths])
    skipped = [s.ready for s in deployed.values() if s.ready in begun.rejected]
    note = f" {', '.join(skipped)} stays rolled back until its code changes." if skipped else ""
    executor.say(f"Deployed: {len(waiting)} functions changed, {len(fresh)} are new. Back again: make rollback.{note}")


def _tag(site: Site, executor: Executor, begun: Record, names: list[str]) -> None:
    tags = [site.tag(name, begun.after[name]) for name in names]
    if failed := [answer.err for answer in executor.run_all(tags) if not answer.ok]:
        raise _failed(site, executor, begun, f"New revisions cannot be asked: {failed[0].strip()}")


def _faults(executor: Executor, tried: Mapping[str, Service], plan: Plan) -> list[str]:
    private = smoke.private_paths()
    asked = [
        probe for name, service in tried.items() for probe in smoke.probes(service, plan.functions[name].paths, private)
    ]
    return [fault for probe in asked if (fault := smoke.fault(probe, executor.ask(probe.url)))]


def _try_job(site: Site, executor: Executor, begun: Record, waiting: Mapping[str, Service], plan: Plan) -> None:
    """Give one scheduled function its traffic and have it run once; it is safe to run at any time."""
    job = next((name for name in plan.jobs if name in waiting), None)
    if job is None:
        return
    before = executor.run(site.job(job)).json()
    started = executor.run(site.route(job, begun.after[job])).ok and executor.run(site.run_job(job)).ok
    fault: str | None = "" if started else f"The job {job} cannot be run"
    for _ in range(_JOB_LOOKS if started else 0):
        fault = smoke.job_fault(before, executor.run(site.job(job)).json(), job)
        if fault != "":
            break
        executor.sleep(_JOB_PAUSE)
    if fault is not None:
        back = executor.run(site.route(job, begun.before[job])) if job in begun.before else None
        text = fault or f"The job {job} did not run within {_JOB_LOOKS * _JOB_PAUSE:.0f} seconds"
        left = "" if back is None or back.ok else f" {job} still serves the new revision: make rollback."
        raise _failed(site, executor, begun, f"* {text}.{left}")


def _route(site: Site, executor: Executor, begun: Record, waiting: Mapping[str, Service]) -> None:
    routes: list[Command] = [site.route(name, begun.after[name]) for name in waiting]
    answers = dict(zip(waiting, executor.run_all(routes), strict=True))
    failed = [name for name, answer in answers.items() if not answer.ok]
    if failed:
        keep(site, executor, begun.model_copy(update={"state": "failed"}))
        raise LocalError(
            f"{len(waiting) - len(failed)} of {len(waiting)} functions serve the new code; {', '.join(failed)} "
            f"could not be routed: {answers[failed[0]].err.strip()}. Deploy again to go on, or go back: make rollback"
        )


def _failed(site: Site, executor: Executor, begun: Record, text: str) -> LocalError:
    """Record the failure, and say what stands."""
    keep(site, executor, begun.model_copy(update={"state": "failed"}))
    return LocalError(
        f"The new code failed its trial and serves nobody, but for functions that are new.\n{text}\nThe old revisions "
        "serve on. Look at the logs (gcloud functions logs read NAME), mend it and deploy again."
    )
