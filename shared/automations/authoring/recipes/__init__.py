"""Lists automations that are ready to use. A new recipe is a `recipe(…)` in one of these files."""

from shared.automations.authoring.recipes import follow_ups, knowledge, oversight, prospects
from shared.automations.authoring.recipes.base import Recipe
from shared.errors import NotFound

RECIPES = {
    recipe.id: recipe for recipe in (*prospects.RECIPES, *follow_ups.RECIPES, *knowledge.RECIPES, *oversight.RECIPES)
}


def get(id: str) -> Recipe:
    if id not in RECIPES:
        raise NotFound(f"There is no recipe with this id; there are {', '.join(RECIPES)}.")
    return RECIPES[id]
