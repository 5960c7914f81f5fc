"""A stand-in for Cloud Scheduler: calls each schedule function when its cron says so."""

import urllib.request
from datetime import UTC, datetime

from cronsim import CronSim

from functions.spec import FunctionSpec, Schedule
from infra.local.interval import Interval
from shared.kit.clock import Clock

_LOOK_EVERY = 0.5  # seconds


class Scheduler(Interval):
    """Looks twice a second; the next occurrence is derived from the rule, never from the previous run."""

    def __init__(self, specs: list[FunctionSpec], clock: Clock, url: str, secret: str) -> None:
        super().__init__("scheduler", _LOOK_EVERY, self._look)
        self._specs = specs
        self._clock = clock
        self._url = url
        self._secret = secret
        self._due: dict[str, datetime] = {}

    def start(self) -> None:
        """Call what becomes due from now on."""
        self._due = {spec.name: _next(spec, self._clock.now()) for spec in self._specs}
        super().start()

    def run(self, name: str) -> None:
        """One tick of the schedule, now. Raises OSError if the function fails."""
        request = urllib.request.Request(  # noqa: S310
            f"{self._url}/{name}/", data=b"{}", headers={"x-caller-secret": self._secret}, method="POST"
        )
        with urllib.request.urlopen(request, timeout=60):  # noqa: S310
            pass

    def _look(self) -> None:
        now = self._clock.now()
        for spec in self._specs:
            if self._due[spec.name] <= now:
                self._due[spec.name] = _next(spec, now)
                self._try(spec.name)

    def _try(self, name: str) -> None:
        try:
            self.run(name)
        except OSError:
            return  # the next occurrence comes, as with a retry count of 0 in production


def _next(spec: FunctionSpec, after: datetime) -> datetime:
    assert isinstance(spec.trigger, Schedule)  # noqa: S101
    return next(CronSim(spec.trigger.cron, after.astimezone(UTC)))
