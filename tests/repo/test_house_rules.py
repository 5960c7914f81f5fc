"""Files stay small, and the repository speaks about the product only."""

import ast
import re
import subprocess
from pathlib import Path

MAX_LINES = 320
MAX_FUNCTION_LINES = 50


def _tracked(root: Path, *patterns: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", *patterns], cwd=root, capture_output=True, text=True, check=True)
    return [root / name for name in listed.stdout.splitlines() if (root / name).is_file()]


def test_files_and_functions_are_small(root: Path) -> None:
    too_long = []
    for file in _tracked(root, "functions/*.py", "shared/*.py", "infra/*.py"):
        text = file.read_text()
        if text.count("\n") > MAX_LINES:
            too_long.append(f"{file.relative_to(root)}: {text.count(chr(10))} lines")
        too_long.extend(
            f"{file.relative_to(root)}: {node.name}"
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno > MAX_FUNCTION_LINES
        )
    assert too_long == []


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
