"""Names what takes messages, tasks and document events, as the manifest has it, for dead letters.

Names alone: whoever imports the manifest carries every function in its bundle.
"""

TOPICS = {"run_execution": "automation-steps"}
QUEUES = {
    "compact_search": "compact-search",
    "continue_sweep": "continue-sweep",
    "deliver_webhook": "deliver-webhook",
    "run_batch": "run-batch",
    "wake_execution": "wake-execution",
}
COLLECTIONS = {
    "automation_written": "automations",
    "calendar_event_written": "calendar_events",
    "failure_written": "failures",
    "file_written": "files",
    "insight_written": "insights",
    "outreach_written": "outreach",
    "persona_written": "personas",
    "playbook_run_written": "playbook_runs",
    "prospect_written": "prospects",
    "research_task_written": "research_tasks",
    "search_match_written": "search_matches",
    "template_written": "templates",
    "vault_item_written": "vault",
}


def of_subscription(subscription: str) -> str | None:
    """The function that a subscription pushes to: the subscription's name begins with its topic's or the function's."""
    for function, topic in TOPICS.items():
        if f"{subscription}-".startswith((f"{topic}-", f"{function.replace('_', '-')}-")):
            return function
    return None


def of_document(path: str) -> str | None:
    """The function that takes the events of a user's document; None if there is no such function."""
    parts = path.split("/")
    collection = parts[2] if len(parts) == 4 else None
    return next((function for function, taken in COLLECTIONS.items() if taken == collection), None)
