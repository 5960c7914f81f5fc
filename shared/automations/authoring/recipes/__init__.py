"""Lists automations that are ready to use. A new recipe is a `recipe(…)` in one of these files."""

from collections.abc import Mapping
from functools import cache

from shared.automations.authoring.recipes import follow_ups, knowledge, oversight, prospects
from shared.automations.authoring.recipes.base import Recipe
from shared.errors import NotFound


@cache
def every() -> Mapping[str, Recipe]:
    """All recipes by id, checked when they are first asked for."""
    modules = (prospects, follow_ups, knowledge, oversight)
    return {recipe.id: recipe for module in modules for recipe in module.RECIPES}


def get(id: str) -> Recipe:
    if id not in every():
        raise NotFound(f"There is no recipe with this id; there are {', '.join(every())}.")
    return every()[id]
