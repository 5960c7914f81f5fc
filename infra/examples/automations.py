"""Example bodies for automations and their webhooks."""

from typing import Any

TABLE: dict[str, Any] = {
    "POST /api/automations": {
        "name": "Welcome good fits",
        "description": "Each new prospect is analyzed; for a good fit a first message is drafted and I am told.",
        "trigger": "new_prospect_added",
        "reentry": "never",
        "steps": [
            {"id": "analysis", "action": "analyze_prospect"},
            {"action": "generate_outreach", "when": "steps.analysis.output.fit_score >= 0.6"},
            {"action": "add_calendar_event", "config": {"in_days": 3, "notes": "Ask whether the message arrived."}},
            {
                "action": "send_notification",
                "config": {"title": "A new prospect", "message": "{{ prospect.name }} is analyzed."},
            },
        ],
    },
    "PUT|PATCH /api/automations/{id}": {
        "name": "Tell me about good fits",
        "trigger": "high_fit_prospect_detected",
        "trigger_config": {"threshold": 0.75},
        "actions": ["send_notification"],
    },
    "POST /api/automations/{id}/run": {"input": {"campaign": "Spring pilot", "region": "Midwest"}},
    "POST /api/automations/{id}/backtest": {"from": "2026-01-01T00:00:00Z"},
    "POST /api/automations/{id}/dry-run": {"input": {"campaign": "Spring pilot", "region": "Midwest"}},
    "POST /api/automations/{id}/executions/{execution_id}/approve": {"comment": "The tone is right."},
    "POST /api/automations/{id}/executions/{execution_id}/reject": {"comment": "They are a customer already."},
    "POST /api/automations/{id}/executions/{execution_id}/resume": {},
    "POST /api/automations/{id}/executions/{execution_id}/retry": {"start_from": "failed_step", "version": "pinned"},
    "POST /api/automations/executions/retry": {
        "automation_id": "$automation_id",
        "status": "failed",
        "error_contains": "did not answer",
        "limit": 50,
    },
    "POST /api/automations/kill-switch": {"on": False},
    "PUT /api/automations/limits": {
        "concurrency": 5,
        "rate": {"count": 60, "seconds": 60},
        "daily": {"mails": 200, "tokens": 500_000, "time_zone": "America/Chicago"},
    },
    "POST /api/automations/import": {
        "format": "automation",
        "version": 1,
        "automation": {
            "name": "Monday reminder",
            "trigger": "schedule",
            "trigger_config": {"cron": "0 8 * * MON", "timezone": "America/Chicago", "misfire": "run_once"},
            "steps": [{"action": "send_notification", "config": {"title": "Plan the week"}}],
        },
    },
    "POST /api/hooks/{token}": {"name": "Amara Okafor", "company": "Northfield School District", "form": "pilot"},
}
