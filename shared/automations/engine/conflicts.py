"""Decides what a runner does after its commit was refused or not answered, by what is stored now. Pure.

A commit was planned on a state of the execution. It may be rebased onto a later state only if nothing that the
plan rests on has changed in between. `IGNORABLE` states which fields may have: a change of any other field, also of a
field that is added to the model later, counts as a rival's (infra/decisions/0016).
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from shared.automations.engine.in_flight import Claimed, Claiming, InFlight, Performed
from shared.automations.engine.step import Failed
from shared.automations.runs.models import TERMINAL, Execution
from shared.errors import AnswerLost, AppError
from shared.gcp.values import encode

# The sweeper's: when it looks again, and how often it has restarted the run.
IGNORABLE = frozenset({"due_at", "stalls"})
# Ignorable too, by a plan that neither resolves nor begins a wait.
SIGNALS = frozenset({"signals"})
# What people, approvals and other runs write into an execution whoever runs it: the run is planned anew.
INSTRUCTIONS = frozenset({"cancel_requested", "paused", "paused_by", "wake_at"})


class Reaction(StrEnum):
    COMMITTED = "committed"  # it was applied: only its answer was lost
    REPEAT = "repeat"  # nothing has changed and nobody has answered: the same commit again
    REBASE = "rebase"  # the same plan, on the state that is stored now
    REPLAN = "replan"  # drop the plan, and make another from the state that is stored now
    SETTLE = "settle"  # as before, but the effect in flight is still this runner's: it is settled first
    LEAVE = "leave"  # another runner is at the execution, or it is gone
    # The execution is unchanged: what was refused is another document's write.
    ASK_AGAIN = "ask_again"  # what a claim or a place rests on has changed: plan anew, in a moment
    RECORD_ALONE = "record_alone"  # the effect took place: record that, without the step's other writes
    UNTIE = "untie"  # the run that waits for this one is gone
    SPLIT = "split"  # commit the steps one by one, to learn which one is refused
    QUIETLY = "quietly"  # leave out the notices: what they would change is gone
    FAIL_STEP = "fail_step"  # the step's own writes are refused
    # The store never takes the commit, such as for its size.
    ANSWER_LOST = "answer_lost"  # the effect took place: the step fails, as what came of it cannot be stored
    GIVE_UP = "give_up"  # not even the failure can be stored: end the run, with as little as possible


@dataclass(frozen=True)
class Refused:
    """A commit that was refused: from which state to which, with which effect in flight.

    `answered`: the store has refused it; else nobody knows whether it was applied. `takes_place`: the run takes a
    place, where concurrency is limited. `parent_gone`: it would signal a run that does not exist.
    """

    before: Execution
    after: Execution
    in_flight: InFlight | None = None
    steps_done: int = 0
    answered: bool = True
    takes_place: bool = False
    parent_gone: bool = False

    @property
    def rests_on_signals(self) -> bool:
        """Whether the commit resolves a wait, or begins a wait that a signal which has come meanwhile would end."""
        return self.before.waiting is not None or self.after.status == "waiting"


def after_conflict(refused: Refused, stored: Execution | None) -> Reaction:
    """What follows where a commit was refused. `stored` is the execution as it is now, None if it is gone."""
    if stored is None:
        return Reaction.LEAVE
    if stored.version == refused.before.version:
        return _unchanged(refused) if refused.answered else Reaction.REPEAT
    if not differing(refused.after, stored) - IGNORABLE - SIGNALS:
        return Reaction.COMMITTED
    changed = differing(refused.before, stored)
    if not changed - (IGNORABLE if refused.rests_on_signals else IGNORABLE | SIGNALS):
        return Reaction.REBASE
    if isinstance(refused.in_flight, Claimed | Performed) and _still_claimed(refused.before, stored):
        return Reaction.SETTLE
    if not changed - IGNORABLE - SIGNALS - INSTRUCTIONS:
        return Reaction.REPLAN
    return Reaction.LEAVE


def after_refusal(refused: Refused, *, failing: bool) -> Reaction:
    """What follows where the store never takes the commit. `failing`: it stores the step's failure for that reason."""
    if failing:
        return Reaction.GIVE_UP
    if refused.steps_done > 1:
        return Reaction.SPLIT
    return Reaction.ANSWER_LOST if isinstance(refused.in_flight, Performed) else Reaction.FAIL_STEP


def lost(performed: Performed, refusal: AppError) -> tuple[Performed, AppError]:
    """The outcome without what the store refuses, and the step's failure; of an effect that took place, AnswerLost."""
    result = performed.tried.result
    if not isinstance(result, Failed):
        result = Failed(AnswerLost(f"It took place, but what came of it cannot be stored: {refusal.detail}"))
    return replace(performed, tried=replace(performed.tried, result=result, effects=[], started=[])), result.error


def took_place(flight: InFlight | None) -> bool:
    """Whether the effect has taken place and its outcome is lost."""
    result = flight.tried.result if isinstance(flight, Performed) else None
    return isinstance(result, Failed) and isinstance(result.error, AnswerLost)


def differing(left: Execution, right: Execution) -> set[str]:
    """The fields in which two states of an execution differ as they are stored."""
    mine, theirs = left.stored(), right.stored()
    return {
        name
        for name in mine.keys() | theirs.keys()
        if (name in mine) != (name in theirs) or not _same(mine[name], theirs[name])
    }


def left_in_flight(flight: InFlight | None, reaction: Reaction) -> InFlight | None:
    """The effect that stays in flight when the run is planned anew; a claim that was not stored does not."""
    if isinstance(flight, Claiming) or reaction in (Reaction.REPLAN, Reaction.LEAVE):
        return None
    if isinstance(flight, Performed) and reaction is Reaction.RECORD_ALONE:
        return replace(flight, tried=replace(flight.tried, effects=[], started=[]))
    return flight


def with_news(signals: dict[str, Any], before: Execution, stored: Execution) -> dict[str, Any]:
    """The signals that a plan has left and those that have come since, without the ones that it took."""
    merged = dict(signals)
    for key, present in stored.signals.items():
        earlier = before.signals.get(key, {})
        if news := {name: signal for name, signal in present.items() if signal != earlier.get(name)}:
            merged[key] = {**merged.get(key, {}), **news}
    return merged


def _same(mine: object, theirs: object) -> bool:
    """Whether two values are stored alike: a list as a tuple is, and NaN as itself."""
    return mine == theirs or encode(mine).SerializeToString(deterministic=True) == encode(theirs).SerializeToString(
        deterministic=True
    )


def _still_claimed(before: Execution, stored: Execution) -> bool:
    """Whether the claim in `before` is still stored, and nobody has settled it."""
    mine, theirs = before.intent, stored.intent
    if mine is None or theirs is None or stored.status in TERMINAL:
        return False
    place = (before.definition, before.position, before.frames) == (stored.definition, stored.position, stored.frames)
    return place and theirs.pending and (mine.key, mine.until) == (theirs.key, theirs.until)


def _unchanged(refused: Refused) -> Reaction:
    """What follows where the execution is as it was: another document of the commit has changed."""
    flight = refused.in_flight
    if isinstance(flight, Claiming) or refused.takes_place:
        return Reaction.ASK_AGAIN
    if isinstance(flight, Performed) and refused.steps_done > 1:
        return Reaction.SPLIT
    if isinstance(flight, Performed) and (flight.tried.effects or flight.tried.started):
        return Reaction.RECORD_ALONE
    if refused.parent_gone:
        return Reaction.UNTIE
    if flight is not None:
        return Reaction.QUIETLY
    if refused.steps_done > 1:
        return Reaction.SPLIT
    ended_badly = refused.after.status in TERMINAL and refused.after.status != "success"
    return Reaction.QUIETLY if ended_badly else Reaction.FAIL_STEP
