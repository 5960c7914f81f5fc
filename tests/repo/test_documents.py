"""Files that the documents name are there, so that a move is followed by the pages that explain it."""

import re
from pathlib import Path

import pytest

_DOCUMENTS = ("README.md", "infra/architecture.md", "shared/automations/README.md")
# A path in a code span; `{a,b}.py` stands for several.
_PATH = re.compile(r"`((?:[\w-]+/)+(?:[\w-]+|\{[\w,]+\})\.(?:py|md|rules))(?:`|:| )|`(test_\w+\.py)`")
_BELOW = (
    "",
    "shared/automations",
    "tests",
    "tests/automations",
    "tests/automations/engine",
    "tests/automations/definitions",
)


def _named(text: str) -> set[str]:
    names = {first or second for first, second in _PATH.findall(text)}
    several = {name: re.search(r"\{([\w,]+)\}", name) for name in names}
    return {
        name.replace(f"{{{part}}}", "").replace(match.group(0), part) if match else name
        for name, match in several.items()
        for part in (match.group(1).split(",") if match else [""])
    }


def _missing(root: Path, text: str) -> list[str]:
    return sorted(
        name
        for name in _named(text)
        if not any((root / folder / name).is_file() for folder in _BELOW) and not any(root.glob(f"tests/**/{name}"))
    )


@pytest.mark.parametrize("document", _DOCUMENTS)
def test_every_file_that_a_document_names_is_there(root: Path, document: str) -> None:
    assert _missing(root, (root / document).read_text()) == []


def test_a_file_that_is_gone_is_seen(root: Path) -> None:
    text = "`engine/runner.py`, `engine/{step,stepp}.py`, `shared/gone.py` and `test_gone.py`"
    assert _missing(root, text) == ["engine/stepp.py", "shared/gone.py", "test_gone.py"]
