"""Recipes that follow up on messages until the prospect answers."""

from shared.automations.authoring.recipes.base import branch, recipe, step

_DAY = 86_400
_ANSWERED = ["replied", "meeting_booked", "converted", "not_interested", "unsubscribed"]

RECIPES = (
    recipe(
        "follow_up_reminder",
        "Follow-up Reminder",
        "When a follow-up is due, a second message is drafted and you are told.",
        "follow_up_event_due",
        step("delay", seconds=2),
        step("generate_outreach", kind="follow_up"),
        step(
            "send_notification",
            type="follow_up_overdue",
            priority="high",
            title="Time to follow up",
            message="The follow-up with {{ calendar_event.prospect_name }} is due; a message is drafted.",
        ),
    ),
    recipe(
        "follow_up_until_reply",
        "Follow Up Until There Is a Reply",
        "A prospect whom you have contacted and who does not answer within five days gets a second message drafted, and"
        " a last check-in planned a week later. It all stops as soon as there is an answer.",
        "prospect_status_changed",
        step("wait_for_event", "reply", event="outreach_replied", timeout=5 * _DAY),
        branch(
            "!steps.reply.output.happened",
            step("generate_outreach", kind="follow_up"),
            step(
                "send_notification",
                type="messages_ready",
                title="No answer from {{ prospect.name }} yet",
                message="A second message is drafted.",
            ),
            step("wait_for_event", "second_reply", event="outreach_replied", timeout=7 * _DAY),
            step("add_calendar_event", in_days=1, type="check_in", notes="Two messages without an answer."),
        ),
        trigger_config={"to": "contacted"},
        stop_when=_ANSWERED,
    ),
    recipe(
        "reply_received",
        "Reply Received",
        "When a prospect answers, the status follows, a check-in is planned for tomorrow and you are told.",
        "outreach_replied",
        step("update_prospect_status", status="replied"),
        step("add_calendar_event", in_days=1, type="check_in", notes="Answer the reply to “{{ outreach.subject }}”."),
        step(
            "send_notification",
            priority="high",
            title="{{ outreach.prospect_name }} has replied",
            message="{{ (outreach.reply or 'The reply is in your mailbox.') | truncate(2000) }}",
        ),
    ),
    recipe(
        "meeting_preparation",
        "Meeting Preparation",
        "When a meeting is booked, the prospect is analyzed again and you get the summary to prepare with.",
        "prospect_status_changed",
        step("analyze_prospect", "analysis"),
        step(
            "send_notification",
            title="Prepare for {{ prospect.name }}",
            message="{{ steps.analysis.message }}",
        ),
        trigger_config={"to": "meeting_booked"},
    ),
    recipe(
        "win_back",
        "Win Back",
        "A prospect who was not interested comes back into your calendar after three months.",
        "prospect_status_changed",
        step("delay", seconds=90 * _DAY),
        step("add_calendar_event", in_days=1, type="nurture", notes="Three months ago there was no interest."),
        trigger_config={"to": "not_interested"},
        stop_when=["replied", "meeting_booked", "converted", "unsubscribed"],
    ),
)
