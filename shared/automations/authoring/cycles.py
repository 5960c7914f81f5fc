"""Finds automations that would start each other in a circle, from the triggers that their actions say they fire, and
the documents that they create for saved searches to find.

A saved search finds a document once, so that a circle through changes of one document ends by itself.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass

from shared.automations.catalog.registry import ACTIONS
from shared.automations.definitions import program
from shared.automations.definitions import store as definition_store
from shared.automations.definitions.models import MAX_DEPTH, Automation, Step
from shared.automations.triggers import TRIGGERS, saved_search_matched
from shared.domains.saved_searches import service as saved_searches
from shared.domains.system_logs import service as system_logs
from shared.gcp.writes import Write
from shared.kit.fields import Fields
from shared.kit.links import page_of

_OWNED = 500
_FOUND = saved_search_matched.TRIGGER
_REPORTED = 10


def warnings(automation: Automation) -> list[str]:
    """A sentence for each circle that leads back to the automation, taken as active.

    One query; none if no step of the automation can start another; one more where some start by saved searches.
    """
    if not any(_may_start_any(step) for step in _steps(automation)):
        return []
    owned = {other.id: other for other in definition_store.automations.select(automation.user_id, limit=_OWNED)}
    active = automation.model_copy(update={"status": "active"})
    circles = _circles(active, _World.of(automation.user_id, {**owned, automation.id: active}))
    return [_sentence(circle) for circle, _ in zip(circles, range(_REPORTED), strict=False)]


def to_record(automation: Automation, circles: list[str]) -> list[Write]:
    """Builds a log entry for each circle, given as its sentence."""
    return [
        system_logs.to_record(
            automation.user_id,
            "warning",
            "automation",
            sentence,
            error_class="blocked_automation",
            explanation="Automations that start each other in a circle are stopped when they run, after a few rounds."
            " Give one of them a filter, or a step a condition, so that the circle ends by itself.",
            metadata={"automation_id": automation.id},
            related_id=automation.id,
            link=page_of("automations", automation.id),
        )
        for sentence in circles
    ]


@dataclass(frozen=True)
class _World:
    """A user's automations, and the kinds of documents that each of their saved searches finds."""

    automations: Mapping[str, Automation]
    found: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, uid: str, automations: Mapping[str, Automation]) -> "_World":
        searching = any(automation.trigger == _FOUND.name for automation in automations.values())
        return cls(automations, saved_searches.kinds_found(uid) if searching else {})

    def finds(self, automation: Automation) -> frozenset[str]:
        """The kinds of documents that start an automation when a saved search finds them."""
        if automation.trigger != _FOUND.name:
            return frozenset()
        one = automation.trigger_config.get("saved_search_id")
        wanted = self.found.values() if one is None else [self.found.get(one, frozenset())]
        return frozenset().union(*wanted)


def _steps(automation: Automation) -> Iterator[Step]:
    """All steps of the automation, those within others included."""
    return (instruction.step for instruction in program.compiled(automation.steps))


def _started(step: Step) -> list[str]:
    """The ids of the automations that the step starts."""
    return list(ACTIONS[step.action].starts(step.config))


def _may_start_any(step: Step) -> bool:
    action = ACTIONS[step.action]
    return bool(action.writes or action.creates or _started(step))


def _started_by(automation: Automation, world: _World) -> list[Automation]:
    """The automations that an execution of one automation can start."""
    started: dict[str, Automation] = {}
    for step in _steps(automation):
        started |= {
            other.id: other
            for other in world.automations.values()
            if other.id in _started(step) or _may_start(step, other, world.finds(other))
        }
    return list(started.values())


def _may_start(step: Step, other: Automation, found: Set[str]) -> bool:
    action, trigger = ACTIONS[step.action], TRIGGERS[other.trigger]
    if other.status == "active" and action.creates & found:
        return True
    if other.status != "active" or trigger.name not in action.writes:
        return False
    fields = action.config.model_fields.items()
    settings: Fields = {name: field.default for name, field in fields if not field.is_required()}
    return trigger.may_follow(
        trigger.config.model_validate(other.trigger_config), {**action.sets, **settings, **step.config}
    )


def _circles(start: Automation, world: _World) -> Iterator[list[Automation]]:
    """For each automation that `start` can start, the shortest way back to `start`."""
    followers = {start.id: _started_by(start, world)}
    for first in followers[start.id]:
        ways = deque([[start, first]])
        seen = {first.id}
        while ways:
            way = ways.popleft()
            if way[-1].id == start.id:
                yield way
                break
            if way[-1].id not in followers:
                followers[way[-1].id] = _started_by(way[-1], world)
            for follower in followers[way[-1].id]:
                if follower.id not in seen:
                    seen.add(follower.id)
                    ways.append([*way, follower])


def _sentence(circle: list[Automation]) -> str:
    path = " → ".join(automation.name for automation in circle)
    if len(circle) == 2:
        return f"{path}: this automation does what starts it. It will not be started by its own run."
    return f"{path}: these automations start each other. Such a chain is stopped at depth {MAX_DEPTH}."
