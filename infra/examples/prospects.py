"""Example bodies for prospects, contacts and the calendar."""

from typing import Any

TABLE: dict[str, Any] = {
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
    "PUT /api/contacts/policy": {
        "max_per_contact": 2,
        "per_days": 7,
        "daily_quota": 150,
        "quiet_hours": {"start": "19:00", "end": "08:00", "weekends": True},
        "time_zone": "America/Chicago",
        "pacing": {"start": "08:30", "end": "16:00"},
        "warm_up_since": "2030-03-01",
    },
    "POST /api/contacts/suppressions": {"domain": "northfield.example", "reason": "They are a customer already."},
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
}
