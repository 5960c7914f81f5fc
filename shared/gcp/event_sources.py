"""Names the collections below a user whose writes are events, as the manifest's document triggers say."""

COLLECTIONS = frozenset(
    {
        "automations",
        "calendar_events",
        "failures",
        "files",
        "insights",
        "outreach",
        "personas",
        "playbook_runs",
        "prospects",
        "research_tasks",
        "search_matches",
        "templates",
        "vault",
    }
)
