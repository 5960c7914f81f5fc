"""What a client sends: a request body for every operation that takes one, published with the API's description.

A text such as `$prospect_id` stands for the id of a document that the sender owns.
"""

from collections.abc import Callable, Mapping
from typing import Any

_HAPPENED = {
    "type": "prospect",
    "title": "Call with Amara Okafor",
    "message": "She wants a pilot with two schools before the summer break.",
    "metadata": {"duration_minutes": 25},
    "link": "/prospects?id=1",
}
_QUESTION = {"query": "What do school districts say about tutor shortages?", "top_k": 3}
_TOPIC = {
    "topic": "How districts fill tutoring places",
    "instructions": "For superintendents; end with one question.",
    "persona_id": "$persona_id",
}
_TABLE: dict[str, Any] = {
    "POST /api/activity": _HAPPENED,
    "POST /api/activity/log": _HAPPENED,
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
    "POST /api/calendar": {
        "prospect_id": "$prospect_id",
        "scheduled_date": "2030-03-14",
        "type": "follow_up",
        "notes": "Ask how the budget meeting went.",
    },
    "PUT|PATCH /api/calendar/{id}": {
        "scheduled_date": "2030-03-21",
        "notes": "Put off by a week: the budget meeting was moved.",
    },
    "POST /api/chat": _QUESTION,
    "PUT /api/contacts/policy": {
        "max_per_contact": 2,
        "per_days": 7,
        "daily_quota": 150,
        "quiet_hours": {"start": "19:00", "end": "08:00", "weekends": True},
        "time_zone": "America/Chicago",
    },
    "POST /api/contacts/suppressions": {"domain": "northfield.example", "reason": "They are a customer already."},
    "POST /api/content/generate": {**_TOPIC, "kind": "linkedin_post", "variants": 2, "tone": "friendly"},
    "POST /api/content/internal-linking": {
        "text": "Districts that lack tutors in mathematics often begin with a summer school.",
        "pages": [{"title": "Tutors in mathematics", "url": "https://northfield.example/mathematics"}],
    },
    "POST /api/content/micro-tool": {
        "tool_name": "Is a district ready for tutors?",
        "tool_description": "Rates what a district needs before tutors can begin.",
        "target_audience": ["superintendents"],
        "features": ["Budget approved", "Rooms after school", "A person in charge"],
        "output_format": "html",
    },
    "POST /api/content/prd": {
        "product_name": "Tutor board",
        "product_description": "Districts post open tutoring places, and tutors apply.",
        "target_users": ["superintendents", "tutors"],
        "key_features": ["post a place", "apply for a place", "rate a tutor"],
        "include_mvp_scope": True,
        "include_user_stories": True,
    },
    "POST /api/content/research": {**_TOPIC, "num_results": 5, "include_comparison": True},
    "POST /api/knowledge": {"search_query": _QUESTION["query"], "top_k": 3},
    "POST /api/knowledge/query": _QUESTION,
    "POST /api/files": (
        "# Minutes of the board meeting\n\nForty pupils of the district wait for a tutor. Nobody has applied for the "
        "places in mathematics since March.\n\n## Decisions\n\nThe superintendent asks three providers for an offer.\n"
    ),
    "POST /api/notifications": {
        "type": "high_fit",
        "priority": "high",
        "title": "A very good fit",
        "message": "Amara Okafor leads a district with 14 schools and looks for tutors.",
        "prospect_id": "$prospect_id",
    },
    "POST /api/outreach": {
        "prospect_id": "$prospect_id",
        "channel": "email",
        "tone": "friendly",
        "subject": "Tutors for Northfield before the summer",
        "body": (
            "Hi Amara,\n\nyou said in the board meeting that 40 pupils wait for a tutor. We placed 60 tutors in "
            "Lakeside within three weeks.\n\nWould 15 minutes on Thursday suit you?\n\nBest, Jordan"
        ),
    },
    "PUT|PATCH /api/outreach/{id}": {"subject": "Tutors for Northfield, from April", "status": "approved"},
    "POST /api/outreach/generate": {
        "prospect_id": "$prospect_id",
        "kind": "follow_up",
        "tone": "friendly",
        "channel": "email",
        "variants": 2,
        "include_social": True,
    },
    "POST /api/outreach/manual/prompts/generate": {
        "prospect_id": "$prospect_id",
        "audience_profile": {"industries": ["public schools"], "roles": ["superintendent", "head of curriculum"]},
        "preferred_tone": "professional",
        "include_social": True,
    },
    "POST /api/outreach/{id}/reply": {"message": "Thursday at 10 works. Please send an invitation."},
    "POST /api/personas": {
        "name": "Jordan, school partnerships",
        "outreach_tone": "friendly",
        "industry_focus": ["education", "public schools"],
        "use_cases": ["tutoring", "teacher relief"],
        "writing_style": "Short sentences, one question at the end.",
        "user_positioning": "We bring vetted tutors into schools within three weeks.",
        "brand_voice": "Warm and matter-of-fact; never pushy.",
    },
    "PUT|PATCH /api/personas/{id}": {
        "outreach_tone": "professional",
        "use_cases": ["tutoring", "summer schools"],
    },
    "POST /api/playbooks/{id}/run": {
        "input": "School districts in the Midwest with more than ten schools that lack mathematics tutors.",
        "metadata": {"campaign": "Spring pilot"},
        "persona_id": "$persona_id",
        "use_knowledge": True,
    },
    "POST /api/prospects": {
        "name": "Amara Okafor",
        "company": "Northfield School District",
        "job_title": "Superintendent",
        "email": "amara.okafor@northfield.example",
        "website": "https://northfield.example",
        "tags": ["education", "public"],
        "summary": "Runs 14 schools; said in the board meeting that 40 pupils wait for a tutor.",
    },
    "PUT|PATCH /api/prospects/{id}": {
        "status": "contacted",
        "job_title": "Superintendent of Schools",
        "tags": ["education", "pilot"],
    },
    "POST /api/prospects/approve": {"prospect_ids": ["$prospect_id"], "approval_status": "approved"},
    "POST /api/prospects/discover": {
        "industry": "Public education",
        "location": "Minnesota",
        "job_titles": ["Superintendent", "Curriculum director"],
        "max_results": 25,
    },
    "POST /api/prospects/import": (
        "name,job_title,company,email,tags\n"
        "Bruno Keller,VP Sales,Helvetia Instruments,bruno.keller@helvetia.example,manufacturing\n"
        "Chloe Martin,Head of Marketing,Atelier Rivage,chloe.martin@rivage.example,retail;fashion\n"
    ),
    "POST /api/prospects/manual/prompts/analyze": {
        "prospect_ids": ["$prospect_id"],
        "audience_profile": "Superintendents of districts with more than ten schools",
    },
    "POST /api/prospects/manual/upload-analysis": {
        "results": [
            {
                "prospect_id": "$prospect_id",
                "analysis": {
                    "summary": "A growing district that has asked for tutors in public.",
                    "fit_likelihood": "high",
                    "suggested_outreach_angle": "Refer to the 40 pupils who wait for a tutor.",
                    "reasoning": ["The need is documented.", "She decides on the budget."],
                    "confidence_score": 0.8,
                },
            }
        ]
    },
    "POST /api/prospects/score": {
        "prospect_ids": ["$prospect_id"],
        "audience_profile": {"industries": ["education"], "roles": ["superintendent"]},
    },
    "POST /api/research-tasks": {
        "title": "Tutor shortage in Minnesota",
        "input_source": "school district, tutor shortage, Minnesota, 2026",
        "source_type": "keywords",
        "research_engine": "perplexity",
        "priority": "high",
    },
    "PUT|PATCH /api/research-tasks/{id}": {
        "title": "Tutor shortage in Minnesota and Wisconsin",
        "priority": "medium",
    },
    "POST /api/research-tasks/{id}/download": {"format": "md"},
    "POST /api/system/logs": {
        "level": "warning",
        "category": "outreach",
        "message": "Three addresses of the import do not receive mail.",
        "details": {"addresses": ["info@old-northfield.example"]},
        "error_class": "missing_data",
    },
    "POST /api/templates": {
        "name": "First message to a superintendent",
        "category": "cold_email",
        "description": "Opens with what the district has said itself.",
        "content": (
            "Hi {first_name},\n\n{company} is looking for {need}. We filled such places in Lakeside within three "
            "weeks.\n\nWould 15 minutes on Thursday suit you?"
        ),
        "tags": ["education", "first contact"],
    },
    "PUT|PATCH /api/templates/{id}": {
        "name": "First message to a superintendent (short)",
        "content": "Hi {first_name}, {company} is looking for {need}. May I show you how Lakeside did it?",
    },
    "POST /api/templates/{id}/use": {
        "variables": {"need": "mathematics tutors"},
        "persona_id": "$persona_id",
        "prospect_id": "$prospect_id",
        "generate": True,
        "variants": 2,
    },
    "POST /api/vault": {
        "title": "Tutor shortage in the Midwest",
        "summary": "Two of three districts report that they cannot fill their tutoring places.",
        "category": "market_trends",
        "tags": ["tutoring", "school districts"],
        "highlights": ["67% of districts have open tutoring places.", "Mathematics is hit hardest."],
        "sources": [{"title": "District survey 2026", "url": "https://survey.example/2026"}],
    },
    "PUT|PATCH /api/vault/{id}": {
        "summary": "Three of four districts report that they cannot fill their tutoring places.",
        "tags": ["tutoring", "school districts", "2026"],
    },
    "POST /api/vault/{id}/link-content": {"content_id": "$content_id"},
    "POST /api/vault/{id}/link-outreach": {"outreach_id": "$outreach_id"},
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
# By operation, such as `POST /api/prospects`: its JSON, or the text of the file it takes.
EXAMPLES: dict[str, Any] = {
    f"{method} {path}": body
    for operations, body in _TABLE.items()
    for methods, path in [operations.split(" ")]
    for method in methods.split("|")
}


def with_texts(template: Any, change: Callable[[str], str]) -> Any:
    """The template with each of its texts changed."""
    if isinstance(template, Mapping):
        return {name: with_texts(value, change) for name, value in template.items()}
    if isinstance(template, list):
        return [with_texts(value, change) for value in template]
    return change(template) if isinstance(template, str) else template
