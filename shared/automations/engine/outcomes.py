"""Enters what came of a step into the journal."""

import random

from shared.automations.actions.base import Again, Done, Effect, Jump, Wait
from shared.automations.catalog.registry import action_named
from shared.automations.engine import claims, transitions, waiting
from shared.automations.engine.in_flight import Claiming
from shared.automations.engine.journal import Journal
from shared.automations.engine.retry import plan_retry
from shared.automations.engine.running import Run
from shared.automations.engine.step import Attempted, Failed, Skipped
from shared.errors import AppError
from shared.kit import clock


def enter(run: Run, journal: Journal, tried: Attempted) -> None:
    """Change the run by what came of its step."""
    match tried.result:
        case Done() as done:
            complete(run, journal, tried, done)
        case Jump() as jump:
            note(journal, tried, "done")
            journal.apply(transitions.jump, tried, jump)
        case Wait() as wait:
            note(journal, tried, "waiting")
            journal.apply(waiting.suspend, tried, wait)
        case Again() as again:
            note(journal, tried, "postponed")
            journal.apply(waiting.postpone, again)
        case Skipped() as skipped:
            note(journal, tried, "skipped")
            journal.apply(transitions.skip, tried, skipped)
        case Effect() as effect:
            claim(run, journal, tried, effect)
        case Failed(error):
            fail(journal, tried, error)


def note(journal: Journal, tried: Attempted, outcome: str, **more: str) -> None:
    """Note what came of the step, for a line of the log once it is stored."""
    step, attempt, latency = journal.step, len(journal.after.attempts) + 1, round(1000 * tried.seconds, 1)
    line = {"step": step.id, "action": step.action, "attempt": attempt, "outcome": outcome, "latency_ms": latency}
    journal.lines.append({**line, **more})


def complete(run: Run, journal: Journal, tried: Attempted, done: Done) -> None:
    """Complete the step; later steps of this invocation see its output and what it has made of the prospect."""
    run.caches.follow(tried.effects)
    run.caches.keep_output(journal.step.id, done.output)
    note(journal, tried, "done")
    journal.apply(transitions.complete, tried, done)


def claim(run: Run, journal: Journal, tried: Attempted, effect: Effect) -> None:
    """Claim the step's outside effect, which this runner performs once the claim is stored."""
    journal.apply(claims.claim, effect, tried.started_at)
    run.in_flight = Claiming(tried, effect)


def fail(journal: Journal, tried: Attempted, error: AppError) -> None:
    """Have the step tried again where its retry policy says so, else fail it and give back its claim."""
    failures = len(journal.after.attempts) + 1
    luck = random.random()  # noqa: S311
    again = plan_retry(journal.step.retry, error, failures, clock.now(), luck=luck)
    note(journal, tried, "again" if again else "failed", error=error.code)
    if again:
        journal.apply(waiting.retry, tried, error, again)
        return
    if journal.after.intent:
        journal.apply(claims.release, action_named(journal.step.action).release(journal.after, failed=True))
    journal.apply(transitions.fail, tried, error)
