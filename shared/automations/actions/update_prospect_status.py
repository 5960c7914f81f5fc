"""Move the prospect to another status; one that says no puts the address on the suppression list."""

from shared.automations.actions.action import Action
from shared.automations.actions.base import Done, StepContext
from shared.domains.prospects import service as prospects
from shared.domains.prospects.models import ProspectStatus
from shared.kit.schema import Input


class Config(Input):
    status: ProspectStatus = "contacted"
    prospect_id: str | None = None


def run(context: StepContext, config: Config) -> Done:
    prospect = context.prospect(config.prospect_id)
    context.change(prospects.repository, prospect, status=config.status, last_action=config.status)
    return Done(f"{prospect.name} is now {config.status.replace('_', ' ')}.", {"status": config.status})


ACTION = Action(
    name="update_prospect_status",
    aliases=("update_status",),
    title="Change the prospect's status",
    config=Config,
    run=run,
    light=True,
    writes=frozenset({"prospect_status_changed"}),
)
