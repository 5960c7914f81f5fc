"""Lists what can start an automation. A new trigger is one file and one line here."""

from shared.automations.triggers import (
    automation_failed,
    follow_up_event_due,
    high_fit_prospect_detected,
    manual,
    new_file_ingested,
    new_prospect_added,
    outreach_bounced,
    outreach_complained,
    outreach_replied,
    prospect_status_changed,
    research_task_completed,
    saved_search_matched,
    schedule,
    vault_item_added,
    webhook,
)
from shared.automations.triggers.base import AnyTrigger
from shared.domains.webhooks import triggers as webhooks

TRIGGERS: dict[str, AnyTrigger] = {
    trigger.name: trigger
    for trigger in (
        new_prospect_added.TRIGGER,
        high_fit_prospect_detected.TRIGGER,
        prospect_status_changed.TRIGGER,
        research_task_completed.TRIGGER,
        follow_up_event_due.TRIGGER,
        new_file_ingested.TRIGGER,
        outreach_replied.TRIGGER,
        outreach_bounced.TRIGGER,
        outreach_complained.TRIGGER,
        vault_item_added.TRIGGER,
        saved_search_matched.TRIGGER,
        automation_failed.TRIGGER,
        schedule.TRIGGER,
        webhook.TRIGGER,
        manual.TRIGGER,
    )
}
ALIASES = {alias: trigger.name for trigger in TRIGGERS.values() for alias in trigger.aliases}
webhooks.declare(TRIGGERS)


def for_collection(collection: str) -> list[AnyTrigger]:
    """The triggers that watch a collection."""
    return [trigger for trigger in TRIGGERS.values() if trigger.collection == collection]
