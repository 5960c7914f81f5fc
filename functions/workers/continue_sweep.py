"""Goes on with a sweep that found more due than one call deals with."""

from shared.automations.starts import schedules
from shared.errors import BadRequest
from shared.runtime.workers import task_function
from shared.store.relays import Relayed, Rest

SWEEPS: dict[str, Relayed] = {schedules.SWEEP: schedules.sweep}


def go_on(rest: Rest) -> None:
    if rest.sweep not in SWEEPS:
        raise BadRequest("There is no sweep of this name.")
    SWEEPS[rest.sweep](rest.after)


continue_sweep = task_function("continue_sweep", Rest, go_on)
