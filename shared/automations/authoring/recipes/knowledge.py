"""Recipes that research, and tell the user of new insights."""

from shared.automations.authoring.recipes.base import recipe, step

RECIPES = (
    recipe(
        "weekly_research_summary",
        "Weekly Research Summary",
        "Every Monday morning your topic is researched, the insights are summarized and you are told.",
        "schedule",
        step(
            "run_research",
            "research",
            title="Weekly research",
            input_source="market trends, competitors, what customers ask for",
            source_type="keywords",
            research_engine="vault",
            allow_fallback=True,
        ),
        step("summarize", "digest", text="{{ steps.research.output }}"),
        step(
            "send_notification",
            type="weekly_insights",
            title="Your weekly research summary",
            message="{{ (steps.digest.summary or 'Nothing new was found this week.') | truncate(2000) }}",
        ),
        trigger_config={"cron": "0 8 * * MON", "timezone": "UTC", "misfire": "run_once"},
    ),
    recipe(
        "research_ready",
        "Research Is Ready",
        "You are told as soon as a research task has its insights.",
        "research_task_completed",
        step(
            "send_notification",
            title="The research is done",
            message="“{{ research_task.title }}” has its insights.",
            link="/research-tasks?id={{ research_task.id }}",
        ),
    ),
    recipe(
        "competitor_watch",
        "Competitor Watch",
        "You are told of each new insight about a competitor, with its summary.",
        "vault_item_added",
        step(
            "send_notification",
            type="weekly_insights",
            title="{{ vault.title }}",
            message="{{ vault.summary | truncate(2000) }}",
            link="/vault?id={{ vault.id }}",
        ),
        trigger_config={"filter": "after.category == 'competitor_analysis'"},
    ),
    recipe(
        "weekly_planning",
        "Weekly Planning",
        "Each Monday morning you are reminded to look at the follow-ups and the best prospects of the week.",
        "schedule",
        step(
            "send_notification",
            type="top_prospects",
            title="Plan your week",
            message="Look at the follow-ups that are due and at the prospects who fit best.",
        ),
        trigger_config={"cron": "0 8 * * MON", "timezone": "UTC", "misfire": "run_once"},
    ),
)
