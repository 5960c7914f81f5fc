"""The repository speaks about the product only, and leaves nothing open."""

import ast
import re
import subprocess
from pathlib import Path


def _tracked(root: Path, *patterns: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", *patterns], cwd=root, capture_output=True, text=True, check=True)
    return [root / name for name in listed.stdout.splitlines() if (root / name).is_file()]


def test_every_module_says_what_it_is_for(root: Path) -> None:
    silent = [
        str(file.relative_to(root))
        for file in _tracked(root, "functions/*.py", "shared/*.py", "infra/*.py")
        if not ast.get_docstring(ast.parse(file.read_text()))
    ]
    assert silent == []


def test_nothing_is_left_open(root: Path) -> None:
    marks = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|X" + r"XX)\b|NotImplemented" + "Error")
    open_ends = [str(file.relative_to(root)) for file in _tracked(root, "*.py") if marks.search(file.read_text())]
    assert open_ends == []


def test_requirements_are_pinned_and_explained(root: Path) -> None:
    lines = [
        line
        for name in ("requirements.txt", "requirements-dev.txt")
        for line in (root / name).read_text().splitlines()
        if line and not line.startswith(("#", "-r"))
    ]
    assert [line for line in lines if not re.fullmatch(r"[\w.\-\[\]]+==[\w.]+\s+# .+", line)] == []


def test_prospects_are_stored_and_removed_with_the_key_of_their_address_alone(root: Path) -> None:
    """Whoever creates or deletes the document by itself, or sets its email, would let two have one address."""
    alone = re.compile(
        r"prospects\.repository\.(to_)?(create|delete)(_each)?\("
        r"|prospects\.repository,[^)]*\bemail="
        r"|prospects\.repository\.(to_)?(update|edit)\([^)]*[\"']email[\"']"
    )
    files = _tracked(root, "functions/*.py", "shared/*.py", "infra/*.py")
    assert [str(file.relative_to(root)) for file in files if alone.search(file.read_text())] == []
    own = [file for file in _tracked(root, "shared/domains/prospects/*.py") if file.stem not in ("creation", "service")]
    bare = re.compile(r"\brepository\.(to_)?(create|delete)(_each)?\(")
    assert [file.stem for file in own if bare.search(file.read_text())] == []
