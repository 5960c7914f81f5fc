"""Every model is one of shared/kit/schema.py's, which are built when they are first used, as the settings are; each can
be built."""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from shared.kit.schema import Model

_HOMES = {"shared/kit/schema.py": ["Model"], "shared/settings/environment.py": ["Environment"]}


def _sources(root: Path) -> list[Path]:
    return [file for top in ("functions", "shared") for file in sorted((root / top).rglob("*.py"))]


def _of_pydantic(file: Path) -> Iterator[str]:
    """Classes that derive from pydantic's own model."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ClassDef) and any(ast.unparse(base).endswith("BaseModel") for base in node.bases):
            yield node.name


def test_no_model_is_built_at_the_start(root: Path) -> None:
    found = {str(file.relative_to(root)): [*_of_pydantic(file)] for file in _sources(root)}
    assert {file: names for file, names in found.items() if names} == _HOMES


def _derived(model: type[Model]) -> Iterator[type[Model]]:
    for child in model.__subclasses__():
        yield child
        yield from _derived(child)


def test_every_model_can_be_built(root: Path) -> None:
    """What is wrong with one would else be seen by its first user."""
    for file in _sources(root):
        import_module(".".join(file.relative_to(root).with_suffix("").parts).removesuffix(".__init__"))
    for model in set(_derived(Model)):
        model.model_rebuild()
