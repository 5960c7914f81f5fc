"""make deploy PROJECT=…: preflight, plan, consent, indexes, functions, trial, traffic. What it decides is elsewhere.

New code serves nobody until its trial is good: Terraform makes revisions that are held (`hold_traffic`), each is asked
at an address of its own, then traffic is routed by name. Whatever ends it half-way leaves the old revisions serving.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from tempfile import TemporaryDirectory
from typing import Any

from infra.deploy import environment, indexes, trial
from infra.deploy.changes import Changes, changes
from infra.deploy.commands import Site
from infra.deploy.execute import Executor
from infra.deploy.plan import Target, plan
from infra.deploy.record import LAST, Reading, Record
from infra.deploy.session import check, keep, listed, locked, refuse
from infra.deploy.traffic import pins, serving
from infra.local.process import LocalError
from shared.kit import clock

Pack = Callable[[], Mapping[str, str]]
Listed = Sequence[Mapping[str, Any]]  # by gcloud


@dataclass(frozen=True)
class Planned:
    """A plan of Terraform that was read, the file that it is in, and what it comes to."""

    site: Site
    file: str
    content: Mapping[str, Any]
    changes: Changes


def deploy(site: Site, executor: Executor, pack: Pack) -> None:
    """Deploy the working tree. Raises LocalError, which says what stands and what to do."""
    who = check(site, executor)
    with locked(site, executor, who), _interruptible(executor), TemporaryDirectory() as folder:
        archives = pack()
        planned = _plan(site, executor, f"{folder}/plan", archives)
        site = planned.site
        _check_functions(planned, executor)
        _consent(planned, executor)
        _index(planned, executor)
        begun = _hold(site, executor, who)
        _apply(site, executor, _plan(site, executor, f"{folder}/applied", archives).file, begun)
        _keep_given_up(site, executor)
        trial.pass_on(site, executor, begun, planned.changes.new, plan())


@contextmanager
def _interruptible(executor: Executor) -> Iterator[None]:
    """Say what stands after Ctrl-C."""
    try:
        yield
    except KeyboardInterrupt:
        executor.say(
            "Stopped half-way. Each function is served by its old revision or its new one. Deploy again to go on, or "
            "go back: make rollback"
        )
        raise


def _plan(site: Site, executor: Executor, file: str, archives: Mapping[str, str], *targets: str) -> Planned:
    if not executor.run(site.init()).ok:
        raise LocalError("Terraform could not begin (above). Nothing was changed.")
    if not executor.run(site.plan(file, *targets)).ok:
        raise LocalError(
            "Terraform could not plan (above). Nothing was changed. What it wants to know belongs into "
            "infra/terraform/terraform.tfvars; see terraform.tfvars.example."
        )
    content = executor.run(site.show(file)).json()
    if content is None:
        raise LocalError("Terraform's plan cannot be read. Nothing was changed.")
    values = {name: entry.get("value") for name, entry in content.get("variables", {}).items()}
    target = Target(site.project, values.get("database_location") or "nam5", values.get("region") or "")
    site = replace(site, region=target.values()["region"])
    deployed = executor.run(site.functions()).json()
    return Planned(site, file, content, changes(archives, deployed, content))


def _check_functions(planned: Planned, executor: Executor) -> None:
    """Refuse settings and secrets that functions could not start with. Raises LocalError."""
    functions = environment.planned(planned.content)
    asked = environment.secrets(planned.site, planned.content, functions)
    trials = environment.trials(functions)
    answers = executor.run_all([*asked.values(), *trials.values()])
    found = dict(zip(asked, answers, strict=False))
    ended = dict(zip(trials, answers[len(asked) :], strict=True))
    refuse(
        [
            *environment.unknown(functions),
            *environment.absent(planned.site, found),
            *environment.wrong(ended),
        ]
    )


def _consent(planned: Planned, executor: Executor) -> None:
    executor.say(f"\nIn {planned.site.project} ({planned.site.region}):\n{planned.changes.text()}\n")
    if planned.changes.losses:
        names = ", ".join(planned.changes.losses)
        raise LocalError(
            f"This would lose data: {names} would be removed. Nothing was changed. If that is meant, do it "
            "by hand with terraform apply."
        )
    if not executor.agree("Deploy?"):
        raise LocalError("Nothing was changed: nobody agreed. In a script: make deploy PROJECT=… YES=1")


def _index(planned: Planned, executor: Executor) -> None:
    """Have indexes made first, and wait until queries can use them. Raises LocalError."""
    site = planned.site
    kinds = {target.split(".")[0] for target in indexes.TARGETS}
    if any(c.get("type") in kinds and c["change"]["actions"] != ["no-op"] for c in _resources(planned.content)):
        file = f"{planned.file}.indexes"
        made = executor.run(site.plan(file, *indexes.TARGETS)).ok and executor.run(site.apply(file)).ok
        if not made:
            raise LocalError("Terraform could not make the indexes (above). No function was changed: deploy again.")
    waited = 0.0
    while True:
        listed = executor.run(site.indexes())
        if not listed.ok:
            raise LocalError(f"The indexes cannot be listed: {listed.err.strip()}. No function was changed.")
        match indexes.decide(indexes.standing(indexes.declared(), listed.json()), waited):
            case None:
                return _exempt(site, executor)
            case indexes.Stop(text):
                raise LocalError(text)
            case indexes.Wait(text):
                executor.say(f"{text} …")
        executor.sleep(indexes.PAUSE)
        waited += indexes.PAUSE


def _exempt(site: Site, executor: Executor) -> None:
    """Take from collections the single-field indexes that nothing declares, which Terraform's provider cannot.

    After the declared ones are there: until then queries use Firestore's own. Raises LocalError.
    """
    fields = executor.run(site.fields())
    wanted = sorted(indexes.exempt() - indexes.exempted(fields.json())) if fields.ok else []
    answers = [fields, *executor.run_all([site.exempt(collection) for collection in wanted])]
    if failed := [answer.err.strip() for answer in answers if not answer.ok]:
        raise LocalError(f"The indexes of whole collections cannot be set: {failed[0]}. No function was changed.")


def _hold(site: Site, executor: Executor, who: str) -> Record:
    """Hold traffic where it is, and write down where that is. Raises LocalError."""
    deployed = listed(site, executor)
    if failed := [answer.err for answer in executor.run_all(pins(site, deployed)) if not answer.ok]:
        raise LocalError(f"Traffic cannot be held: {failed[0].strip()}. Nothing was changed.")
    last = Reading.of(executor.run(site.read_object(LAST)))
    if last.fault:
        raise LocalError(last.fault)
    begun = Record.begin(last.record, serving(deployed), who, site.region, clock.now())
    keep(site, executor, begun)
    return begun


def _apply(site: Site, executor: Executor, file: str, begun: Record) -> None:
    if executor.run(site.apply(file)).ok:
        return
    keep(site, executor, begun.model_copy(update={"state": "failed"}))
    raise LocalError(
        "Terraform stopped half-way (above). What served before still serves: no new code has traffic, but for "
        "functions that are new. Mend the cause and deploy again; it goes on where it stopped."
    )


def _keep_given_up(site: Site, executor: Executor) -> None:
    """Have Eventarc's subscriptions of our functions give events up to the dead letters. Raises LocalError."""
    functions, triggers = executor.run(site.functions()), executor.run(site.triggers())
    of_events = {name for name, function in plan().functions.items() if function.document}
    found = subscriptions_of(of_events, functions.json(), triggers.json())
    answers = [functions, triggers, *executor.run_all([site.give_up(name) for name in found.values() if name])]
    failed = [answer.err.strip() for answer in answers if not answer.ok]
    failed += [f"{name} has no subscription" for name, subscription in found.items() if not subscription]
    if failed:
        raise LocalError(
            f"Events that are given up would be lost: {failed[0]}. What served before still serves; deploy again."
        )


def subscriptions_of(
    of_events: Container[str], functions: Listed | None, triggers: Listed | None
) -> dict[str, str | None]:
    """The subscription of each deployed function that takes events, from gcloud's lists; None where it has none.

    A function names its trigger, and that its `transport.pubsub.subscription`. Other applications' are left alone.
    """
    by_trigger = {
        _within_project(trigger["name"]): trigger.get("transport", {}).get("pubsub", {}).get("subscription")
        for trigger in triggers or ()
    }
    named = {
        entry["name"].split("/")[-1]: entry.get("eventTrigger", {}).get("trigger", "") for entry in functions or ()
    }
    return {
        name: by_trigger.get(_within_project(trigger)) for name, trigger in sorted(named.items()) if name in of_events
    }


def _within_project(name: str) -> str:
    """A resource's name without its project, which Google gives by id or by number."""
    return name.partition("/locations/")[2]


def _resources(content: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    resources: Iterable[Mapping[str, Any]] = content.get("resource_changes", ())
    return resources
