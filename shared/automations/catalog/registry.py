"""Lists every action that a step can name, and finds one by its name. A new action is one file and one line here."""

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
    send_notification,
    send_outreach,
    set_variables,
    store_insight,
    summarize,
    update_prospect_status,
    use_template,
    wait_for_event,
)
from shared.automations.actions.action import AnyAction
from shared.automations.builtins import STAGES
from shared.automations.builtins.research.action import ACTIONS as RESEARCH
from shared.automations.definitions.declared import declare

ACTIONS: dict[str, AnyAction] = {
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
        *RESEARCH,
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
ALIASES = {alias: action.name for action in ACTIONS.values() for alias in action.aliases}
declare(STAGES | ACTIONS)


def action_named(name: str) -> AnyAction:
    """Finds the action of a user's step or of a built-in's stage by its name. Raises KeyError."""
    return ACTIONS.get(name) or STAGES[name]


def find_action(name: str) -> AnyAction | None:
    """Finds an action by its name; None for a stored step whose action was removed."""
    return ACTIONS.get(name) or STAGES.get(name)
