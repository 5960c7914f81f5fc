"""Automations that are ready to use."""

from pydantic import BaseModel

from shared.automations.definitions import AutomationInput, StepInput
from shared.errors import NotFound


class Recipe(BaseModel):
    id: str
    title: str
    description: str
    automation: AutomationInput


def _recipe(id: str, title: str, description: str, trigger: str, *steps: StepInput) -> Recipe:
    automation = AutomationInput(
        name=title, description=description, trigger=trigger, steps=list(steps), metadata={"recipe": id}
    )
    return Recipe(id=id, title=title, description=description, automation=automation)


RECIPES = {
    recipe.id: recipe
    for recipe in (
        _recipe(
            "auto_analyze_prospect",
            "Auto-Analyze Prospect",
            "Each new prospect is analyzed, gets a first message drafted and a follow-up planned.",
            "new_prospect_added",
            StepInput(action="analyze_prospect"),
            StepInput(action="generate_outreach"),
            StepInput(action="add_calendar_event", config={"in_days": 3}),
            StepInput(
                action="send_notification",
                config={
                    "type": "messages_ready",
                    "title": "A message is ready",
                    "message": "The message to {{ prospect.name }} is drafted; its follow-up is planned.",
                },
            ),
        ),
        _recipe(
            "follow_up_reminder",
            "Follow-up Reminder",
            "When a follow-up is due, a second message is drafted and you are told.",
            "follow_up_event_due",
            StepInput(action="delay", config={"seconds": 2}),
            StepInput(action="generate_outreach", config={"kind": "follow_up"}),
            StepInput(
                action="send_notification",
                config={
                    "type": "follow_up_overdue",
                    "priority": "high",
                    "title": "Time to follow up",
                    "message": "The follow-up with {{ calendar_event.prospect_name }} is due; a message is drafted.",
                },
            ),
        ),
    )
}


def get(id: str) -> Recipe:
    if id not in RECIPES:
        raise NotFound(f"There is no recipe with this id; there are {', '.join(RECIPES)}.")
    return RECIPES[id]
