"""Modules run when they are first used: once, whoever uses them, and again after an error."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from shared.kit.lazy_modules import AT_ONCE


def _printed(folder: Path, code: str, **modules: str) -> list[str]:
    """What a process prints that installs lazy modules for a package of these."""
    package = folder / "apart"
    package.mkdir()
    (package / "__init__.py").write_text("")
    for name, text in modules.items():
        (package / f"{name}.py").write_text(text)
    text = f"from shared.kit import lazy_modules\nlazy_modules.install('apart')\n{code}"
    env = {"PYTHONPATH": f"{Path.cwd()}:{folder}"}
    done = subprocess.run([sys.executable, "-c", text], env=env, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.splitlines()


def test_a_module_runs_at_its_first_use_and_not_when_it_is_imported(tmp_path: Path) -> None:
    code = "from apart import one\nimport apart.one\nprint('imported', one.__name__)\nprint(one.VALUE, one.VALUE)"
    assert _printed(tmp_path, code, one="print('runs')\nVALUE = 1") == ["imported apart.one", "runs", "1 1"]


def test_a_name_of_a_module_is_a_use(tmp_path: Path) -> None:
    code = "print('before')\nfrom apart.one import VALUE\nprint(VALUE)"
    assert _printed(tmp_path, code, one="print('runs')\nVALUE = 1") == ["before", "runs", "1"]


def test_threads_that_use_a_module_at_once_wait_until_it_has_run(tmp_path: Path) -> None:
    slow = "import time\nprint('runs')\ntime.sleep(0.2)\nfrom apart import two\nVALUE = two.VALUE"
    code = """
from concurrent.futures import ThreadPoolExecutor
from apart import one
with ThreadPoolExecutor(8) as threads:
    print([*threads.map(lambda _: one.VALUE, range(8))])
"""
    assert _printed(tmp_path, code, one=slow, two="VALUE = 2") == ["runs", str([2] * 8)]


def test_after_an_error_the_next_use_tries_again(tmp_path: Path) -> None:
    code = """
import sys
from apart import one
for _ in range(2):
    try:
        print(one.VALUE)
    except ImportError as error:
        print(type(error).__name__)
        sys.modules['absent'] = sys
"""
    assert _printed(tmp_path, code, one="import absent\nVALUE = 1") == ["ModuleNotFoundError", "1"]


def test_a_module_that_declares_something_runs_for_whoever_misses_it(tmp_path: Path) -> None:
    code = "lazy_modules.run('one')\nlazy_modules.run('one')\nlazy_modules.run('absent')\nprint('done')"
    assert _printed(tmp_path, code, one="print('declares')") == ["declares", "done"]


def test_an_error_of_what_declares_something_is_seen(tmp_path: Path) -> None:
    code = "try:\n    lazy_modules.run('one')\nexcept ModuleNotFoundError as error:\n    print(error.name)"
    assert _printed(tmp_path, code, one="import elsewhere") == ["elsewhere"]


@pytest.mark.parametrize("name", ["__file__", "__spec__", "__name__"])
def test_what_the_import_has_set_is_no_use(tmp_path: Path, name: str) -> None:
    code = f"from apart import one\nprint(bool(one.{name}))"
    assert _printed(tmp_path, code, one="print('runs')") == ["True"]


def _acts(file: Path) -> bool:
    """Whether a module does something, beside defining names, when it runs."""
    return any(
        isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant)
        for node in ast.parse(file.read_text()).body
    )


def test_modules_that_do_something_are_listed(request: pytest.FixtureRequest) -> None:
    root = request.config.rootpath
    acting = {
        ".".join(file.relative_to(root / "shared").with_suffix("").parts)
        for file in root.glob("shared/**/*.py")
        if file.name != "__init__.py" and _acts(file)
    }
    # The first sets the limit of its own reading; the second is run by whoever misses what it declares.
    assert acting - {"domains.prospects.imports.dialect", "automations.catalog.registry"} == {*AT_ONCE}
