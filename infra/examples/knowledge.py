"""Example bodies for the vault, files, research and content."""

from typing import Any

_QUESTION = {"query": "What do school districts say about tutor shortages?", "top_k": 3}
_TOPIC = {
    "topic": "How districts fill tutoring places",
    "instructions": "For superintendents; end with one question.",
    "persona_id": "$persona_id",
}
TABLE: dict[str, Any] = {
    "POST /api/chat": _QUESTION,
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
    "PUT /api/search/synonyms": {"synonyms": {"tutoring": ["coaching", "private lessons"], "coaching": ["tutoring"]}},
    "POST /api/files": (
        "# Minutes of the board meeting\n\nForty pupils of the district wait for a tutor. Nobody has applied for the "
        "places in mathematics since March.\n\n## Decisions\n\nThe superintendent asks three providers for an offer.\n"
    ),
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
}
