"""Recipes that tell the user of failed executions."""

from shared.automations.authoring.recipes.base import recipe, step

RECIPES = (
    recipe(
        "tell_me_of_failures",
        "Tell Me of Failures",
        "When a run of any other automation fails, you are told which step failed and why.",
        "automation_failed",
        step(
            "send_notification",
            priority="high",
            title="{{ failure.automation_name | truncate(150) }} failed",
            message="{{ failure.error | truncate(2000) }}",
        ),
    ),
)
