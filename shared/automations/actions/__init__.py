"""What a step can do. A new action is one file and one line here."""

from typing import Any

from shared.automations.actions import (
    add_calendar_event,
    analyze_prospect,
    approval,
    branch,
    call_webhook,
    delay,
    for_each,
    generate_outreach,
    run_automation,
    run_playbook,
    run_research,
    send_notification,
    send_outreach,
    set_variables,
    store_insight,
    summarize,
    update_prospect_status,
    use_template,
    wait_for_event,
)
from shared.automations.actions.base import Action

ACTIONS: dict[str, Action[Any]] = {
    action.name: action
    for action in (
        analyze_prospect.ACTION,
        generate_outreach.ACTION,
        use_template.ACTION,
        run_playbook.ACTION,
        summarize.ACTION,
        add_calendar_event.ACTION,
        send_notification.ACTION,
        send_outreach.ACTION,
        *run_research.ACTIONS,
        store_insight.ACTION,
        update_prospect_status.ACTION,
        set_variables.ACTION,
        delay.ACTION,
        wait_for_event.ACTION,
        approval.ACTION,
        branch.ACTION,
        for_each.ACTION,
        run_automation.ACTION,
        call_webhook.ACTION,
    )
}
# The existing frontend's spellings.
ALIASES = {"add_calendar": "add_calendar_event", "update_status": "update_prospect_status"}
