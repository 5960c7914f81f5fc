"""Rate: before its first step each run takes a turn, so that no stretch of time sees more starts than the rate allows.

`count` places are handed out in rotation; many of them in up to 16 parts, each with a rotation of its own (a part for
each 32 places, chosen at random), so that not all runs of a burst write one number. A rate below 64 has one rotation:
no run waits while a place is free. With more, chance fills some parts before others, and a run may wait for a period
though another part has places: of a burst that is as large as the rate some 7 % of the runs with parts of 32, and 4 %
with parts of 100. Runs never begin faster than the rate, whatever a rotation says: the places alone see to that.

A place is a document that holds when its next turn is (`arrival`): turns of
one place lie `seconds` and a tolerance apart. A run begins at its turn, within half the tolerance. One that comes later
shifts the turns behind it on its place by as much (`shift`), which their runs see when they wake. So on each place runs
begin at least `seconds` apart by their runners' clocks, however late a runner wakes and whatever runs in parallel.
"""

import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from shared.automations.definitions.models import Automation
from shared.automations.definitions.restrictions import Rate
from shared.automations.engine import limits
from shared.automations.runs.models import Execution, Turn
from shared.gcp import firestore, writes
from shared.gcp.writes import Increment, Maximum
from shared.kit import clock
from shared.kit.shares import parts_of, share

_KEPT = timedelta(days=60)
_PARTS, _LEAST_PLACES = 16, 32
_SHARE, _LEAST, _MOST = 0.05, 0.25, 5.0  # the tolerance: a share of the rate's seconds, within these bounds


def take_turns(execution: Execution, automation: Automation) -> tuple[dict[str, Turn], datetime | None]:
    """Take or keep a turn in each scope that has a rate. Answers the turns, and when the run has to wake for them; None
    where it may begin now.

    Two commits for a turn that is taken, a read for one that has come, a commit for one that has come late.
    """
    turns, seen = dict(execution.turns), set[str]()  # the scopes whose place was read since the run woke
    rates = {scope: limited.rate for scope, limited in limits.scopes(automation) if limited.rate}
    while True:
        now = clock.now()
        for scope in [scope for scope, allowed in rates.items() if not _is_valid(turns.get(scope), allowed, now)]:
            meter = _meter(execution.user_id, scope, rates[scope])
            turns[scope] = _take(meter, rates[scope], turns.get(scope))
            seen.add(scope)
        begins = max((turns[scope].at for scope in rates), default=now)
        if begins > clock.now():
            return turns, begins
        if unseen := rates.keys() - seen:
            turns |= _shifted({scope: turns[scope] for scope in unseen})
            seen |= unseen
            continue
        late = [scope for scope in rates if clock.now() > turns[scope].at + _half(turns[scope])]
        if not late:
            return turns, None
        for scope in late:
            turns[scope] = _put_off(turns[scope])


def _meter(uid: str, scope: str, allowed: Rate) -> str:
    """The meter of a rate. A changed rate has another: turns that the earlier one has given out may be days ahead."""
    return limits.meter(uid, f"{scope}~rate~{allowed.count}~{allowed.seconds:g}")


def _is_valid(turn: Turn | None, allowed: Rate, now: datetime) -> bool:
    """Whether there is a turn, and the next turn of its place cannot have begun yet."""
    return turn is not None and now < turn.at + timedelta(seconds=allowed.seconds)


def _half(turn: Turn) -> timedelta:
    return timedelta(seconds=turn.tolerance / 2)


def _take(meter: str, allowed: Rate, missed: Turn | None) -> Turn:
    """Take the next turn: a commit for its number, and one for the place of that number.

    A run that has missed a turn gets twice the tolerance. The places of a part are those whose number modulo the parts
    is the part's, so that they stay the same documents however many parts there are.
    """
    usual = min(max(_SHARE * allowed.seconds, _LEAST), _MOST)
    tolerance = 2 * missed.tolerance if missed else usual
    client, expiry = firestore.client(), {"expire_at": clock.now() + _KEPT}
    parts = parts_of(allowed.count, _LEAST_PLACES, _PARTS)
    part = random.randrange(parts)  # noqa: S311
    rotation = f"{meter}~next~{part}" if parts > 1 else meter
    _, counted = client.commit_counted([writes.merge(rotation, {"number": Increment(1), **expiry})])
    number = part + parts * (counted[rotation][0] % share(allowed.count, part, parts))
    place, seconds = f"{meter}~{number}", allowed.seconds + tolerance
    _, counted = client.commit_counted(
        [
            writes.merge(place, {"arrival": Maximum(clock.now().timestamp()), **expiry}),
            writes.merge(place, {"arrival": Increment(seconds), "shift": Increment(0)}),
        ]
    )
    arrival, shift = counted[place]
    return Turn(place=place, at=datetime.fromtimestamp(arrival - seconds, UTC), shift=shift, tolerance=tolerance)


def _shifted(turns: Mapping[str, Turn]) -> dict[str, Turn]:
    """The turns, later by as much as runs before them on their places have shifted them: one round trip."""
    places = firestore.client().get_all([turn.place for turn in turns.values()])
    shifted = {}
    for (scope, turn), place in zip(turns.items(), places, strict=True):
        shift = max(place.data.get("shift", 0) if place else 0, turn.shift)
        at = turn.at + timedelta(seconds=shift - turn.shift)
        shifted[scope] = turn.model_copy(update={"at": at, "shift": shift})
    return shifted


def _put_off(turn: Turn) -> Turn:
    """Move the turn to now, and those behind it on its place by as much: one commit. Its tolerance doubles."""
    now = clock.now()
    by = (now - turn.at).total_seconds() + turn.tolerance
    _, counted = firestore.client().commit_counted(
        [writes.merge(turn.place, {"arrival": Increment(by), "shift": Increment(by), "expire_at": now + _KEPT})]
    )
    return turn.model_copy(update={"at": now, "shift": counted[turn.place][1], "tolerance": 2 * turn.tolerance})
