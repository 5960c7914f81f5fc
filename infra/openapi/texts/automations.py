"""Automations: what a definition says, its limits, the catalog, recipes and exports."""

_DEFINITION = {
    "name": "Its name.",
    "description": "What it is for, for people.",
    "trigger": "What starts it: a name of the catalog. Names of the earlier web app are accepted and stored under the "
    "new.",
    "trigger_config": "The trigger's settings, by the `config_schema` that the catalog has for it; `filter` is a CEL "
    "condition on `before` and `after` that has to hold.",
    "actions": "The short form of `steps`: names of actions, done in this order with their usual settings.",
    "steps": "What is done, in this order.",
    "stop_when": "Statuses of the prospect: once it is in one of them, its run ends as `cancelled`.",
    "limits": "How much this automation may do.",
}
_STEP = {
    "id": "Names the step within the automation, as `steps.ID.output` does: a letter, then at most 59 letters, digits, "
    "`_` or `-`. Left out, it is the action's name.",
    "action": "What the step does: a name of the catalog.",
    "config": "The action's settings, by the `config_schema` that the catalog has for it; texts may hold placeholders "
    "such as `{{ prospect.name }}`. Secrets are answered as dots.",
    "when": "A CEL condition; where it does not hold, the step is skipped; null: it is always done.",
    "retry": "How a failed attempt is repeated.",
    "timeout": "Seconds that an attempt may take; null: as long as the action itself allows.",
    "on_error": "What follows when the last attempt has failed: `stop` ends the run as failed, `continue` goes on with "
    "the next step, `branch` does `on_error_steps` and goes on.",
    "on_error_steps": "Steps done in place of the failed one; only with `branch`.",
}
TEXTS = {
    "Automation AutomationInput AutomationUpdate RecipeAutomation PortableAutomation": _DEFINITION,
    "Automation": {
        "actions": "The names of the steps' actions, in their order.",
        "trigger": "What starts it.",
        "status": "Whether it starts runs: `active`, `inactive`, or `paused` (its runs are held as well).",
        "paused_reason": "Why it was paused. null: it is not, or a person did it.",
        "paused_until": "When it goes on by itself. null: when somebody activates it.",
        "paused_at": "When it was paused. null: it is not.",
        "version": "The number of its definition, from 1: a change of trigger, steps or what else a run follows makes "
        "a new one. A run keeps the one that it began with.",
        "execution_count": "How many runs it has started.",
        "last_executed_at": "When its latest run was started. null: none yet.",
        "next_run_at": "When its schedule starts the next run. null: it has no schedule or is not active.",
    },
    "AutomationUpdate": {
        "status": "`active` activates it, `inactive` deactivates it, `paused` holds its runs and starts no more.",
        "reentry": "Whether a contact who has been in the automation may enter it again.",
    },
    "AutomationQuery": {
        "status": "Only automations in this status.",
        "trigger": "Only automations with this trigger.",
    },
    "StepInput Step RecipeStep ErrorStep ErrorStepInput": _STEP,
    "Step": {"id": "Names the step within the automation."},
    "RecipeStep ErrorStep": {"id": "Names the step within the automation. null: by its action's name."},
    "Retry RetryInput": {
        "only": "Codes of the errors after which it is tried again, such as `unavailable`; empty: every error that may "
        "pass.",
        "max_attempts": "How many attempts there are in all, the first included.",
        "initial_seconds": "Seconds before the second attempt.",
        "multiplier": "By how many times each further wait is longer than the one before.",
        "max_seconds": "The longest wait in seconds.",
        "jitter": "The share of each wait, 0 to 1, that is left to chance, so that many do not come back at once.",
    },
    "Limits LimitsInput": {
        "concurrency": "How many runs may be at work at once; runs that wait do not count; null: any number.",
        "rate": "How many runs may begin in a stretch of time; null: any number.",
        "debounce_seconds": "Seconds that a run waits before it begins; a later event about the same subject takes its "
        "place; null: it begins at once.",
        "daily": "How much a day may bring before the automation is paused; null: any amount.",
    },
    "Rate RateInput": {
        "count": "How many runs may begin within `seconds`.",
        "seconds": "The length of the stretch in seconds.",
    },
    "Budget BudgetInput": {
        "steps": "How many steps a day; null: any number.",
        "mails": "How many mails a day; null: any number.",
        "tokens": "How many tokens of language models a day; null: any number.",
        "time_zone": "Where a day begins and ends, as an IANA name; null: the time zone of the contact policy.",
    },
    "ReentryAfter": {"after_days": "How many days after the contact has entered last."},
    "Activated": {
        "automation": "The automation as it is now.",
        "warnings": "Sentences: automations that now start each other in a circle, and documents that steps miss.",
    },
    "Catalog": {
        "triggers": "Everything that can start an automation.",
        "actions": "Everything that a step can do.",
        "names": "What conditions and placeholders of steps may use; within a loop `item` and `index` too.",
    },
    "CatalogEntry": {
        "name": "The name to use as `trigger` or `action`.",
        "title": "The name for people.",
        "config_schema": "The JSON schema of its settings.",
        "short_form": "The settings that an action has when `actions` names it; empty for a trigger.",
    },
    "Recipes": {"recipes": "All recipes."},
    "Recipe": {
        "id": "The recipe's name in paths.",
        "title": "The name for people.",
        "description": "What it does.",
        "automation": "The definition that it makes.",
    },
    "Portable PortableInput": {
        "format": "Says that this is an automation.",
        "version": "The version of the format.",
        "automation": "The definition, without ids, addresses and secrets.",
    },
    "PortableInput": {"success": "Ignored: an export's answer has it."},
    "KillSwitch": {"on": "true holds every run and starts no more, false lets all go on."},
    "Halted": {
        "halted": "Whether the kill switch is on.",
        "executions": "How many runs were held or let go on.",
    },
}
