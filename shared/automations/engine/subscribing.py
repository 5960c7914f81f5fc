"""Lists an active automation in the subscription document of its trigger."""

from shared.automations.catalog.registry import action_named
from shared.automations.definitions import subscriptions
from shared.automations.definitions.models import Automation
from shared.automations.definitions.program import compiled
from shared.automations.definitions.restrictions import Limits
from shared.automations.engine import reservations
from shared.gcp.writes import Write


def to_subscribe(automation: Automation) -> Write:
    """Add the automation to its trigger's subscriptions. Its runs may begin in the commit that makes them (`eager`) if
    nothing has to be asked before, and their first step is light; if a daily budget counts steps, it reserves some.
    """
    asks = bool(automation.stop_when) or automation.limits != Limits() or automation.reentry != "always"
    eager = not asks and action_named(automation.steps[0].action).light
    ahead = reservations.of_automation(automation, compiled(automation.steps))
    return subscriptions.to_subscribe(automation, eager=eager, ahead=ahead)
