"""What a function's start does without: packages that take long to import, until a call needs them; built models."""

import json
import subprocess
import sys

import pytest

from functions.manifest import FUNCTIONS
from functions.spec import FunctionSpec
from infra.bundle import ROOT
from infra.imports import Imports

# Each takes 15 ms and more, and is imported by the functions that use it. `google.cloud` and its like make their
# messages with proto-plus: ours come from shared/gcp/messages.py.
LATE = {
    *("cryptography", "jwt", "numpy", "rapidfuzz", "openpyxl", "lxml", "trafilatura", "pypdf", "docx", "typst"),
    *("vl_convert", "charset_normalizer", "email_validator", "nameparser", "httpx", "httpcore", "requests", "urllib3"),
    *("cel", "mistune", "json_repair", "protego", "proto", "google.cloud.firestore_v1", "google.api_core"),
    *("google.cloud.tasks_v2", "google.pubsub_v1", "google.auth", "google.events", "opentelemetry.sdk"),
    "pydantic_settings",
}
AT_ONCE = {  # whose every call needs them
    "search": {"numpy", "rapidfuzz"},
    "compact_search": {"numpy", "rapidfuzz"},
    "search_check": {"numpy", "rapidfuzz"},
}
IMPORTS = Imports(ROOT)


def _late(names: set[str]) -> set[str]:
    """Those of LATE that these modules are, or are within."""
    return {package for package in LATE if any(name == package or name.startswith(f"{package}.") for name in names)}


@pytest.mark.parametrize("spec", FUNCTIONS, ids=lambda spec: spec.name)
def test_no_module_that_a_start_imports_imports_what_takes_long(spec: FunctionSpec) -> None:
    imported = {name for module in IMPORTS.closure(spec.module) for name in IMPORTS.at_module_level(module)}
    assert _late(imported) == AT_ONCE.get(spec.name, set())


@pytest.mark.parametrize("name", ["health", "prospects", "automations", "prospect_written", "run_execution"])
def test_a_start_loads_nothing_that_takes_long_and_builds_few_models_and_patterns(name: str) -> None:
    """In a process: what packages import, too."""
    module = next(spec.module for spec in FUNCTIONS if spec.name == name)
    code = f"""
import json, re, sys
from shared.kit import lazy_modules
compiled, compile = [], re.compile

def noted(pattern, flags=0):
    if sys._getframe(1).f_globals["__name__"].startswith(("shared.", "functions.")):
        compiled.append(str(pattern))
    return compile(pattern, flags)

re.compile = noted
lazy_modules.install("shared")
from {module} import {name}
from shared.kit.schema import Model

def derived(model):
    return [model, *(each for child in model.__subclasses__() for each in derived(child))]

models = set(derived(Model))
built = [str(model) for model in models if model.__pydantic_complete__]
print(json.dumps([[*sys.modules], built, len(models), compiled]))
"""
    env = {"PYTHONPATH": str(ROOT), "GOOGLE_CLOUD_PROJECT": "p"}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    loaded, built, number, compiled = json.loads(done.stdout)
    assert _late(set(loaded)) == set()
    assert len(built) <= number / 10, built
    assert len(compiled) <= 3, compiled  # of the settings, and of what hides secrets in logs
