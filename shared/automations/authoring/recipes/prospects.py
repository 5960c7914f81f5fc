"""Recipes that take a new prospect to a first message."""

from shared.automations.authoring.recipes.base import branch, recipe, step

RECIPES = (
    recipe(
        "auto_analyze_prospect",
        "Auto-Analyze Prospect",
        "Each new prospect is analyzed, gets a first message drafted and a follow-up planned.",
        "new_prospect_added",
        step("analyze_prospect"),
        step("generate_outreach"),
        step("add_calendar_event", in_days=3),
        step(
            "send_notification",
            type="messages_ready",
            title="A message is ready",
            message="The message to {{ prospect.name }} is drafted; its follow-up is planned.",
        ),
    ),
    recipe(
        "approved_first_message",
        "First Message with Your Approval",
        "A new prospect who fits gets a first message drafted. Once you have approved and sent it, the prospect counts"
        " as contacted and a follow-up is planned.",
        "new_prospect_added",
        step("analyze_prospect", "analysis"),
        branch(
            "steps.analysis.output.fit_score >= 0.6",
            step("generate_outreach"),
            step("approval", message="A message to {{ prospect.name }} is drafted. Approve it once it is sent."),
            step("update_prospect_status", status="contacted"),
            step("add_calendar_event", in_days=5, notes="Ask whether the message arrived."),
        ),
        stop_when=["not_interested", "unsubscribed"],
    ),
    recipe(
        "high_fit_alert",
        "High-Fit Alert",
        "When a prospect turns out to fit very well, a message is drafted and you are told at once.",
        "high_fit_prospect_detected",
        step("generate_outreach", "draft"),
        step(
            "send_notification",
            type="high_fit",
            priority="high",
            title="{{ prospect.name }} fits very well",
            message="{{ (prospect.fit_score * 100) | round | int }} %. Drafted: “{{ steps.draft.subject }}”.",
        ),
        trigger_config={"threshold": 0.8},
    ),
    recipe(
        "inbound_lead",
        "Inbound Lead Alert",
        "Your website's form calls the automation's own address, and you are told who wrote.",
        "webhook",
        step("set_variables", values={"name": "{{ event.name or event.email or 'Somebody' }}"}),
        step(
            "send_notification",
            priority="high",
            title="{{ vars.name }} has written",
            message="{{ (event.message or 'A form was sent.') | string | truncate(2000) }}"
            "{{ ' Answer to ' ~ event.email ~ '.' if event.email }}",
        ),
    ),
)
