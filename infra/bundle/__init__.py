"""Stages a function's bundle: the files that it uses, the requirements of those, and a main.py of one line.

What a function uses follows from its imports (infra/imports.py); which pinned packages those are, from the packages'
own lists of files (requirements.py). Size and start of each: infra/bundles.md.
"""

import hashlib
import shutil
from functools import cache
from pathlib import Path

from functions.spec import FunctionSpec
from infra.bundle import bytecode
from infra.bundle.requirements import Requirements
from infra.imports import Imports
from shared.kit import lazy_modules

ROOT = Path(__file__).resolve().parent.parent.parent


def entry_point(spec: FunctionSpec) -> str:
    """The text of the bundle's main.py; the framework puts only main.py's folder on the path.

    Logs are configured before anything else is imported, so that an error in it is logged, too. Nothing that is loaded
    becomes garbage: no collection looks for it meanwhile, nor later. Modules run when they are first used, but for
    those that check what the function was deployed with.
    """
    reached = _imports().closure(spec.module)
    checks = [name for each in lazy_modules.AT_ONCE if (name := f"shared.{each}") in reached]
    lines = (
        "import gc",
        "",
        "from shared.kit import lazy_modules",
        "",
        "gc.disable()",
        'lazy_modules.install("shared")',
        "from shared import log  # noqa: E402",
        "",
        "log.configure()",
        *(f"import {name}  # noqa: E402, F401" for name in checks),
        f"from {spec.module} import {spec.name}  # noqa: E402, F401",
        "",
        "gc.freeze()",
        "gc.enable()",
    )
    return "".join(f"{line}\n" for line in lines)


def stage(spec: FunctionSpec, folder: Path) -> Path:
    """Write the bundle to `folder`/<name>. Raises RequirementError where an import has no pinned package.

    It has compiled bytecode, without which a cold start takes thrice as long, where this machine has the runtime's
    Python: any other version's would be dead weight.
    """
    target = folder / spec.name
    shutil.rmtree(target, ignore_errors=True)
    compiled = bytecode.compiled((ROOT / "functions", ROOT / "shared"), bytecode.interpreter(bytecode.VERSION))
    for file in files(spec):
        source = (compiled or ROOT) / file.relative_to(ROOT)
        _copy(source, target / file.relative_to(ROOT))
        for code in bytecode.beside(source) if compiled else ():
            _copy(code, target / file.relative_to(ROOT).parent / "__pycache__" / code.name)
    (target / "requirements.txt").write_text("".join(f"{line}\n" for line in requirements(spec)))
    (target / "main.py").write_text(entry_point(spec))
    return target


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, target)


def files(spec: FunctionSpec) -> list[Path]:
    """The product's files that the function may import or read."""
    imports = _imports()
    return sorted(file for module in _reach(spec) for file in (imports.files[module], *imports.data(module)))


def requirements(spec: FunctionSpec) -> list[str]:
    """The lines of requirements.txt that the function needs, without their remarks."""
    return _requirements().of(_imports().outside(_reach(spec)))


def _reach(spec: FunctionSpec) -> set[str]:
    """The product's modules that the function, or its main.py, may import."""
    return _imports().reach(spec.module) | _imports().reach(lazy_modules.__name__)


def content_hash(bundle: Path) -> str:
    """A hash that names the bundle's archive, so that the same content is uploaded once."""
    digest = hashlib.sha256()
    for file in sorted(path for path in bundle.rglob("*") if path.is_file() and path.suffix != ".pyc"):
        digest.update(f"{file.relative_to(bundle)}\0".encode() + file.read_bytes())
    return digest.hexdigest()[:16]


@cache
def _imports() -> Imports:
    return Imports(ROOT)


@cache
def _requirements() -> Requirements:
    return Requirements((ROOT / "requirements.txt").read_text())
