"""Example bodies for activity, notifications, playbooks, logs and webhooks."""

from typing import Any

_HAPPENED = {
    "type": "prospect",
    "title": "Call with Amara Okafor",
    "message": "She wants a pilot with two schools before the summer break.",
    "metadata": {"duration_minutes": 25},
    "link": "/prospects?id=1",
}
TABLE: dict[str, Any] = {
    "DELETE /api/account": {"confirm": "delete my account"},
    "POST /api/activity": _HAPPENED,
    "POST /api/activity/log": _HAPPENED,
    "POST /api/notifications": {
        "type": "high_fit",
        "priority": "high",
        "title": "A very good fit",
        "message": "Amara Okafor leads a district with 14 schools and looks for tutors.",
        "prospect_id": "$prospect_id",
    },
    "POST /api/playbooks/{id}/run": {
        "input": "School districts in the Midwest with more than ten schools that lack mathematics tutors.",
        "metadata": {"campaign": "Spring pilot"},
        "persona_id": "$persona_id",
        "use_knowledge": True,
    },
    "PUT /api/analytics/digest": {"notification": True, "mail": False},
    "POST /api/analytics/export": {"data_type": "metrics", "format": "csv", "date_range": "month"},
    "POST /api/search/saved": {
        "name": "Tutor shortage in the Midwest",
        "query": '"tutor shortage" midwest -college',
        "filters": {"kinds": ["vault", "prospects"], "tags": ["education"]},
        "alert": True,
    },
    "PUT|PATCH /api/search/saved/{id}": {"filters": {"kinds": ["vault"]}, "alert": False},
    "POST /api/system/dead-letters/redrive": {"source": "message", "function": "run_execution", "limit": 50},
    "POST /api/system/logs": {
        "level": "warning",
        "category": "outreach",
        "message": "Three addresses of the import do not receive mail.",
        "details": {"addresses": ["info@old-northfield.example"]},
        "error_class": "missing_data",
    },
    "POST /api/webhooks": {
        "url": "https://crm.example.com/hooks/prospects",
        "event_types": ["prospect_added", "outreach_sent"],
    },
    "POST /api/webhooks/{id}/rotate": {"secret": "whsec_c2VjcmV0LW9mLWF0LWxlYXN0LTI0LWJ5dGVz"},
    "PUT|PATCH /api/webhooks/{id}": {
        "url": "https://crm.example.com/hooks/outreach",
        "event_types": ["outreach_sent"],
        "status": "active",
    },
}
