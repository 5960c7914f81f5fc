"""What a deployment and a rollback share: the checks before, the lock, the record, the list of services."""

from collections.abc import Iterator
from contextlib import contextmanager

from infra.deploy import preflight, record
from infra.deploy.commands import Answer, Site
from infra.deploy.execute import Executor
from infra.deploy.preflight import Problem
from infra.deploy.record import LAST, LOCK, Lock, Record
from infra.deploy.traffic import Service, services
from infra.local.process import LocalError
from shared.kit import clock
from shared.kit.ids import new_id


def check(site: Site, executor: Executor) -> str:
    """Refuse where anything would stop the deployment; answers who deploys. Raises LocalError."""
    if problem := preflight.checked_project(site.project):
        raise LocalError(problem.text)
    questions = preflight.questions(site)
    answers = dict(zip(questions, executor.run_all(list(questions.values())), strict=True))
    refuse(preflight.problems(site, answers))
    return next((str(entry["account"]) for entry in answers["account"].json() or ()), "somebody")


@contextmanager
def locked(site: Site, executor: Executor, who: str) -> Iterator[None]:
    """Keep every other deployment of the project away meanwhile. Raises LocalError where there is one."""
    text = Lock(id=new_id(), holder=who, since=clock.now()).model_dump_json()
    taken = executor.run(site.create_object(LOCK, text))
    held = Answer(1) if taken.ok else executor.run(site.read_object(LOCK))
    if fault := record.locked(taken, held, site.bucket):
        raise LocalError(fault)
    try:
        yield
    finally:
        if fault := _unlock(site, executor, text):
            executor.say(fault)


def _unlock(site: Site, executor: Executor, text: str) -> str | None:
    """Remove the lock with this text, and no other; says why not."""
    described = executor.run(site.describe_object(LOCK))
    generation = record.generation(described, text)
    if generation and executor.run(site.remove_object(LOCK, generation)).ok:
        return None
    if described.ok and not generation:
        return "The lock is another's: somebody removed ours. Two deployments may have run at once; deploy again."
    return f"The lock could not be removed: gcloud storage rm gs://{site.bucket}/deploy/{LOCK}"


def listed(site: Site, executor: Executor) -> dict[str, Service]:
    """The project's services. Raises LocalError where they cannot be listed."""
    answer = executor.run(site.services())
    if not answer.ok and "has not been used" not in answer.err:
        raise LocalError(f"The services cannot be listed: {answer.err.strip()}")
    return services(answer.json())


def keep(site: Site, executor: Executor, entry: Record) -> None:
    """Write the deployment's record. Raises LocalError."""
    answer = executor.run(site.write_object(LAST, entry.model_dump_json()))
    if not answer.ok:
        raise LocalError(f"The deployment cannot be recorded: {answer.err.strip()}. No traffic was moved.")


def refuse(problems: list[Problem]) -> None:
    if problems:
        sentences = "\n".join(f"* {problem.text}" for problem in problems)
        raise LocalError(f"It cannot be deployed. Nothing was changed.\n{sentences}")
