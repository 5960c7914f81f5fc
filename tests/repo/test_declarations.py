"""What actions and triggers declare reaches every process that needs it, and nobody compares their names."""

import ast
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from functions.manifest import FUNCTIONS
from infra.imports import Imports
from shared.automations.catalog.registry import ACTIONS

STORE = "shared.automations.definitions.store"
# Who imports the first, needs what the second declares when it is imported.
NEEDS = {
    "shared.domains.webhooks.listing": "shared.automations.triggers",
    STORE: "shared.automations.catalog.registry",
}


def _unprepared(root: Path, needing: str, declaring: str) -> list[str]:
    """The functions, and the modules that are imported within a function's body, that import one without the other."""
    imports = Imports(root)
    within = {name for module in imports.files for name in imports.anywhere(module)}
    within -= {name for module in imports.files for name in imports.at_module_level(module)}
    starts = {spec.module for spec in FUNCTIONS} | within & imports.files.keys()
    closures = {start: imports.closure(start) for start in starts}
    return sorted(start for start, names in closures.items() if needing in names and declaring not in names)


@pytest.mark.parametrize(("needing", "declaring"), NEEDS.items())
def test_every_process_imports_what_declares_what_it_needs(root: Path, needing: str, declaring: str) -> None:
    assert _unprepared(root, needing, declaring) == []


def test_a_function_that_forgets_the_registry_is_found(root: Path, tmp_path: Path) -> None:
    for top in ("functions", "shared"):
        shutil.copytree(root / top, tmp_path / top, ignore=shutil.ignore_patterns("__pycache__", "*.npz"))
    health = tmp_path / "functions/http/health.py"
    health.write_text(f"from shared.automations.definitions import store  # noqa: F401\n{health.read_text()}")
    assert _unprepared(tmp_path, STORE, NEEDS[STORE]) == ["functions.http.health"]


# A name of an action as a text elsewhere, and why it stands there.
ALLOWED = {
    ("shared/automations/definitions/models.py", "branch"): "a value of on_error, which is no action",
    ("shared/automations/definitions/program.py", "branch"): "a value of on_error",
    ("shared/automations/authoring/validation.py", "branch"): "a value of on_error",
    ("shared/automations/builtins/sending.py", "send_outreach"): "the id of a built-in, as its runs are stored with it",
    ("shared/automations/operations/control.py", "approval"): "a kind of wait, as runs are stored with it",
    ("shared/automations/runs/wait_views.py", "approval"): "the same kind of wait, as clients see it",
    ("shared/automations/actions/send_outreach.py", "approval"): "names the notification, whose id derives from it",
    (
        "shared/batch/operations/generate_outreach.py",
        "generate_outreach",
    ): "an operation of batch jobs",
    ("shared/domains/activity/feed.py", "approval"): "a kind of activity",
}


def _named_elsewhere(root: Path) -> Iterator[tuple[str, str]]:
    """Files of the product with the name of an action as a text, that are neither the action's own nor a recipe."""
    own = {action.name: action.run.__module__.replace(".", "/") + ".py" for action in ACTIONS.values()}
    for file in [file for top in ("shared", "functions") for file in sorted((root / top).rglob("*.py"))]:
        path = str(file.relative_to(root))
        if path.startswith("shared/automations/authoring/recipes/"):
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Constant) and own.get(str(node.value), path) != path:
                yield path, str(node.value)


def test_no_module_compares_the_name_of_an_action(root: Path) -> None:
    assert set(_named_elsewhere(root)) == ALLOWED.keys()


def test_a_module_that_compares_one_is_found(tmp_path: Path) -> None:
    planted = tmp_path / "shared/automations/engine/special.py"
    planted.parent.mkdir(parents=True)
    planted.write_text('def waits(step):\n    return step.action == "wait_for_event"\n')
    assert list(_named_elsewhere(tmp_path)) == [("shared/automations/engine/special.py", "wait_for_event")]
