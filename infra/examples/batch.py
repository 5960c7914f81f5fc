"""Example bodies for batch jobs."""

from typing import Any

TABLE: dict[str, Any] = {
    "POST /api/batch/analyze_prospects": {
        "ids": ["$prospect_id"],
        "audience_profile": "Superintendents of districts with more than ten schools",
    },
    "POST /api/batch/create_research_tasks": {
        "items": [
            {
                "title": "Tutoring in Springfield",
                "input_source": "Springfield school district tutoring",
                "source_type": "keywords",
                "research_engine": "vault",
            }
        ],
        "run": False,
    },
    "POST /api/batch/delete": {"kind": "outreach", "ids": ["0f3kz8m1v2"]},
    "POST /api/batch/generate_outreach": {"ids": ["$prospect_id"], "tone": "friendly", "template_id": "$template_id"},
    "POST /api/batch/generate_templates": {
        "items": [{"name": "Tutors before the summer", "category": "cold_email", "topic": "Tutors for the summer term"}]
    },
    "POST /api/batch/update_automations": {"ids": ["$automation_id"], "status": "inactive"},
    "POST /api/batch/update_prospects": {"ids": ["$prospect_id"], "changes": {"tags": ["spring pilot"]}},
    "POST /api/batch/{id}/retry": {"numbers": [1]},
}
