"""Rehearses an execution: does its steps without writing, sending or paying, and says what each would write and send.

Later steps see the writes of earlier ones as if they were stored. Waits end at once: times have come, events timed
out, people approved.
"""

from contextlib import nullcontext
from datetime import datetime, timedelta

from shared.automations.actions.base import Again, Done, Effect, Jump, Wait
from shared.automations.actions.caches import Caches
from shared.automations.catalog.registry import action_named
from shared.automations.definitions import program
from shared.automations.definitions.models import Automation
from shared.automations.engine import stop_when, transitions
from shared.automations.engine.journal import Journal
from shared.automations.engine.step import Attempted, Circumstances, Failed, Skipped, attempt
from shared.automations.operations.rehearsed import DryCost, DryRun, DryStep, Held, WouldSend, WouldWrite
from shared.automations.runs import waits
from shared.automations.runs.models import TERMINAL, Execution
from shared.automations.runs.snapshots import is_internal
from shared.automations.runs.wait_views import WaitView
from shared.automations.starts.matching import passes
from shared.domains.content.readiness.findings import NotReady
from shared.domains.prospects import service as prospects
from shared.errors import Invalid, Withheld
from shared.gcp import firestore
from shared.gcp.writes import Transform, Write
from shared.kit import clock
from shared.kit.fields import Fields
from shared.providers import withholding
from shared.providers.withholding import Withholding

_MAX_STEPS = 300
_MAX_HOLDS = 20  # of one step, in a time that goes on
_Result = Done | Wait | Again | Jump | Skipped | Failed  # of an attempt, an Effect being Done in a dry run


def rehearse(execution: Execution, automation: Automation, *, at: datetime | None = None) -> DryRun:
    """Rehearses an execution: the reads of its steps; no write, no call of a provider.

    With `at` the steps are done at that time and later, as their waits end, and what holds a step up is waited for.
    """
    with firestore.read_only(), withholding.withhold() as withheld:
        return _Rehearsal(execution, automation, withheld, at).play()


class _Rehearsal:
    """Does the steps of one execution against documents as earlier steps would have left them."""

    def __init__(
        self, execution: Execution, automation: Automation, withheld: Withholding, at: datetime | None
    ) -> None:
        self.execution = execution
        self.now = at
        self.held: list[Held] = []
        self.automation = automation
        self.withheld = withheld
        self.steps = program.compiled(automation.steps)
        prospect = execution.event.after if execution.event.collection == "prospects" else None
        self.caches = Caches(prospect=prospect)
        self.imagined: dict[str, Fields] = {}
        self.done: list[DryStep] = []
        self.commits = 1  # the start

    def play(self) -> DryRun:
        """Does the steps until the execution ends, at most 300, and sums up what they would write, send and cost."""
        stopped = stop_when.reason(self.execution, self.automation.stop_when) if self.automation.stop_when else None
        while self.execution.status not in TERMINAL and len(self.done) < _MAX_STEPS:
            if stopped := stopped or self._stopped():
                self.execution.close("cancelled", stopped)
                break
            self._step()
        writes = [write for step in self.done for write in step.writes]
        messages = [message for step in self.done for message in step.messages]
        leaving = [message for message in messages if not message.findings]
        return DryRun(
            status=self.execution.status,
            error=self.execution.error,
            filter_passes=self._filter_passes(),
            truncated=self.execution.status not in TERMINAL,
            steps=self.done,
            writes=writes,
            messages=messages,
            cost=DryCost(
                steps=len(self.done),
                commits=self.commits,
                writes=2 * self.commits + len(self.done) + len(writes),
                mails=sum(message.channel == "mail" for message in leaving),
                messages=len(leaving),
                provider_calls=self.withheld.calls,
            ),
            held=self.held,
        )

    def _stopped(self) -> str | None:
        """Why an earlier step would have ended the execution: it moved the prospect into a status of `stop_when`."""
        subject = self.execution.subject if self.automation.stop_when else None
        path = prospects.repository.path(self.execution.user_id, subject) if subject else ""
        status = self.imagined.get(path, {}).get("status")
        return f"Stopped: the prospect is now {status}." if status in self.automation.stop_when else None

    def _filter_passes(self) -> bool | None:
        filter, event = self.automation.trigger_config.get("filter"), self.execution.event
        if filter is None:
            return None
        try:
            return passes(filter, {"before": event.before, "after": event.after})
        except Invalid:
            return None

    def _step(self) -> None:
        with clock.standing_at(self.now) if self.now else nullcontext():
            self._try()

    def _try(self) -> None:
        journal = Journal(self.execution, self.steps, runner="dry-run")
        step, key = journal.step, journal.state.key
        tried = attempt(journal.state, Circumstances(self.caches, imagined=self.imagined, dry=True))
        sent: list[WouldSend] = []
        result = tried.result
        if isinstance(result, Again) and self._waits_for(result, key):
            return
        if isinstance(result, Failed) and isinstance(result.error, Withheld):
            self.withheld.calls += 1
            result = Done(f"Would ask a provider: {result.error.detail}")
        if isinstance(result, Failed) and isinstance(result.error, NotReady):
            sent = [_refused(step.action, result.error)]
        if isinstance(result, Effect):
            sent = [WouldSend(channel=result.channel, recipient=result.recipient, preview=result.preview, at=self.now)]
            self.commits += 1
            result = Done(f"Would send to {result.recipient}.", dict(result.preview))
        self._imagine(tried.effects)
        self._enter(journal, tried, result)
        self.commits += 1
        status = "failed" if isinstance(result, Failed) else "skipped" if isinstance(result, Skipped) else "success"
        message = result.error.detail if isinstance(result, Failed) else getattr(result, "message", "")
        self.done.append(
            DryStep(
                step=key,
                action=step.action,
                status=status,
                message=message,
                code=result.error.code if isinstance(result, Failed) else None,
                input=tried.input,
                output=getattr(result, "output", {}),
                writes=[_would_write(write) for write in tried.effects],
                messages=sent,
                waiting_for=_would_wait(tried.result, key),
            )
        )
        self.execution = journal.after

    def _waits_for(self, again: Again, key: str) -> bool:
        """Whether time goes on until the step is tried again; not where time stands still, or it is held up for
        ever."""
        if self.now is None or sum(each.step == key for each in self.held) >= _MAX_HOLDS:
            return False
        until = max(again.at, self.now + timedelta(seconds=1))
        self.held.append(Held(step=key, rule=again.rule, reason=again.reason, since=self.now, until=until))
        self.now = until
        return True

    def _enter(self, journal: Journal, tried: Attempted, result: _Result) -> None:
        match result:
            case Wait() as wait:
                if self.now and wait.until:
                    self.now = max(self.now, wait.until)
                assumed = dict(action_named(journal.step.action).rehearse(wait))
                journal.apply(transitions.complete, tried, Done(f"Would wait: {wait.message}", assumed))
            case Done() as done:
                self.caches.keep_output(journal.step.id, done.output)
                journal.apply(transitions.complete, tried, done)
            case Jump() as jump:
                journal.apply(transitions.jump, tried, jump)
            case Skipped() as skipped:
                journal.apply(transitions.skip, tried, skipped)
            case Failed(error):
                journal.apply(transitions.fail, tried, error)
            case Again() as again:
                journal.apply(transitions.complete, tried, Done(f"Would be tried again: {again.reason}"))

    def _imagine(self, effects: list[Write]) -> None:
        self.caches.follow(effects)
        for write in effects:
            plain = {name: value for name, value in write.fields.items() if not isinstance(value, Transform)}
            self.imagined.setdefault(write.path, {}).update(plain)


def _refused(action: str, error: NotReady) -> WouldSend:
    channel = action_named(action).channel
    return WouldSend(
        channel=channel, recipient=error.recipient, preview=dict(error.text), findings=list(error.findings)
    )


def _would_wait(result: object, key: str) -> WaitView | None:
    match result:
        case Wait() as wait:
            return WaitView.of_wait(waits.Step(wait.kind, wait.until, wait.message), key)
        case Again() as again:
            return WaitView.of_wait(waits.Retry(again.at, again.reason), key)
        case _:
            return None


def _would_write(write: Write) -> WouldWrite:
    operation = "delete" if write.delete else "create" if write.exists is False else "update"
    fields = {name: str(value) if isinstance(value, Transform) else value for name, value in write.fields.items()}
    public = {name: value for name, value in fields.items() if not is_internal(name, value)}
    return WouldWrite(operation=operation, path=write.path.split("/", 2)[2], fields=public)
