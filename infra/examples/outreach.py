"""Example bodies for outreach, templates and personas."""

from typing import Any

TABLE: dict[str, Any] = {
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
    "POST /api/hooks/mail/{provider}": (
        "From: Amara Okafor <amara.okafor@northfield.example>\n"
        "To: reply+2nzm4kq7c5vbx3wd6yhtjs8ear@replies.sender.example\n"
        "Subject: Re: Tutors for Northfield before the summer\n"
        "Message-ID: <5f2a@northfield.example>\n\n"
        "Thursday at 10 works. Please send an invitation.\n"
    ),
    "POST /api/inbox/{id}/match": {"outreach_id": "$outreach_id"},
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
}
