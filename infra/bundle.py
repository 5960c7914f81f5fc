"""Stages what is deployed for one function: the library, the requirements and a main.py of one line."""

import compileall
import hashlib
import py_compile
import shutil
from pathlib import Path

from functions.spec import FunctionSpec

ROOT = Path(__file__).resolve().parent.parent
_CONTENT = ("functions", "shared", "requirements.txt")


def entry_point(spec: FunctionSpec) -> str:
    """The bundle's main.py. The framework puts only main.py's own folder on the path, so it imports the rest."""
    return f"from {spec.module} import {spec.name}  # noqa: F401\n"


def stage(spec: FunctionSpec, folder: Path) -> Path:
    """Copy the bundle to `folder`/<name>, with compiled bytecode: missing, it triples the cold start."""
    target = folder / spec.name
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name in _CONTENT:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target / name)
    (target / "main.py").write_text(entry_point(spec))
    compileall.compile_dir(target, quiet=1, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    return target


def content_hash(bundle: Path) -> str:
    """Names the bundle's archive: the same content is uploaded once."""
    digest = hashlib.sha256()
    for file in sorted(path for path in bundle.rglob("*") if path.is_file() and path.suffix != ".pyc"):
        digest.update(f"{file.relative_to(bundle)}\0".encode() + file.read_bytes())
    return digest.hexdigest()[:16]
