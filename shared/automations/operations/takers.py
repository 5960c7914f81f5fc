"""Names what takes messages, tasks and document events, as the manifest has it, for dead letters.

Names alone: whoever imports the manifest carries every function in its bundle.
"""

TOPICS = {"run_execution": "automation-steps"}
QUEUES = {
    "continue_sweep": "continue-sweep",
    "deliver_webhook": "deliver-webhook",
    "wake_execution": "wake-execution",
}
COLLECTIONS = {
    "automation_written": "automations",
    "calendar_event_written": "calendar_events",
    "failure_written": "failures",
    "file_written": "files",
    "outreach_written": "outreach",
    "playbook_run_written": "playbook_runs",
    "prospect_written": "prospects",
    "research_task_written": "research_tasks",
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
