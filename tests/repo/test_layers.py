"""Imports point one way, and the expensive or dangerous ones have one home."""

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from pathlib import Path

import pytest

from infra.imports import Imports, within

# Whoever imports must stand above whom it imports. Longer prefixes win.
LAYERS = {
    "tests": 100,
    "infra": 90,
    "functions.spec": 5,
    "functions": 80,
    "shared.batch": 70,
    "shared.automations.backtest": 69,
    "shared.automations.authoring": 69,
    "shared.automations.operations": 68,
    "shared.automations.starts": 67,
    "shared.automations.engine": 66,
    "shared.automations.catalog": 65,
    "shared.automations.builtins": 64,
    "shared.automations.actions": 63,
    "shared.automations.triggers": 62,
    "shared.automations.runs": 61,
    "shared.automations.definitions": 60,
    "shared.runtime": 55,
    "shared.domains": 50,
    "shared.inbound": 45,
    "shared.realtime": 45,
    "shared.search": 45,
    "shared.search.text": 44,
    "shared.search.entries": 43,
    "shared.store": 40,
    "shared.providers": 40,
    "shared.telemetry": 35,
    "shared.gcp": 30,
    "shared.log": 20,
    "shared.tracing": 16,
    "shared.context": 15,
    "shared.meter": 12,
    "shared.sealing": 15,
    "shared.findings": 15,
    "shared.settings": 10,
    "shared.errors": 10,
    "shared.verification": 5,
    "shared.kit": 0,
}
# Package -> the only places that may import it.
HOMES = {
    "google.protobuf": ("shared/gcp", "infra/local", "infra/messages.py"),
    "google.events": ("infra/messages.py", "tests"),
    "google.cloud": ("infra/messages.py", "shared/gcp", "infra/local", "infra/bench", "tests"),
    "google.pubsub_v1": ("shared/gcp",),
    "google.api_core": ("shared/gcp",),
    "google.auth": ("shared/gcp",),
    "grpc": ("shared/gcp", "infra", "tests"),
    "opentelemetry": ("shared/telemetry", "tests"),
    "requests": ("shared/telemetry",),
    "cryptography": ("shared/sealing.py",),
    "flask": ("shared/runtime", "infra/bench"),
    "starlette": ("shared/runtime/live",),
    "sse_starlette": ("shared/runtime/live",),
    "uvicorn": ("infra/local", "shared/runtime/live"),
    "uvicorn_worker": ("shared/runtime/live",),
    "functions_framework": ("shared/runtime", "infra/local", "infra/bench"),
    "cloudevents": ("shared/runtime",),
    "gunicorn": ("shared/runtime/serving.py", "shared/log/uncaught.py", "infra/local"),
    "httpx": ("shared/providers", "infra", "tests"),
    "httpcore": ("shared/providers/web",),
    "idna": ("shared/providers/web",),
    "email_validator": ("shared/kit/mailboxes.py",),
    "protego": ("shared/providers/web",),
    "smtplib": ("shared/providers/mail",),
    "numpy": ("shared/providers/embed", "shared/kit", "shared/search", "infra/models", "tests"),
    "rapidfuzz": ("shared/search",),
    "Stemmer": ("shared/kit/terms.py", "shared/search/text/stems.py"),
    "quotequail": ("shared/inbound",),
    "flufl": ("shared/inbound",),
    "trafilatura": ("shared/providers/extract",),
    "lxml": ("shared/providers/extract",),
    "pypdf": ("shared/providers/extract",),
    "mistune": ("shared/providers/extract",),
    "docx": ("shared/providers/extract", "shared/domains/research/report"),
    "vl_convert": ("shared/domains/analytics/charts",),
    "typst": ("shared/domains/research/report",),
    "cronsim": ("shared/automations/definitions/cron.py", "infra/local"),
    "standardwebhooks": ("shared/automations/starts/webhooks.py", "shared/providers/web", "tests"),
}


_TOPS = ("functions", "shared", "infra")


def _sources(root: Path) -> list[Path]:
    return [file for top in _TOPS for file in sorted((root / top).rglob("*.py"))]


@cache
def _nodes(file: Path) -> tuple[ast.AST, ...]:
    """Of a source, which every test looks through again."""
    return tuple(
        node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Import | ast.ImportFrom)
    )


def _imports(file: Path) -> Iterator[str]:
    for node in _nodes(file):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _layer(module: str) -> int | None:
    found = [prefix for prefix in LAYERS if module == prefix or module.startswith(prefix + ".")]
    return LAYERS[max(found, key=len)] if found else None


def _module(file: Path, root: Path) -> str:
    return ".".join(file.relative_to(root).with_suffix("").parts).removesuffix(".__init__")


def _upwards(root: Path) -> list[str]:
    return [
        f"{module} imports {imported}"
        for file in _sources(root)
        for module in [_module(file, root)]
        for imported in _imports(file)
        if (above := _layer(imported)) is not None and above > (_layer(module) or 0)
    ]


def test_imports_point_downwards(root: Path) -> None:
    assert _upwards(root) == []


def test_no_file_imports_itself_in_a_circle(root: Path) -> None:
    """Also where an import stands within a function."""
    tuple(TopologicalSorter(Imports(root, _TOPS).graph()).static_order())  # raises CycleError, which names the circle


def test_no_modules_and_packages_beside_each_other_import_in_a_circle(root: Path) -> None:
    """Within every package, from `shared` down to the smallest: a sub-package counts as one, with all its modules."""
    graph = Imports(root, _TOPS).graph()
    for package in {module.rpartition(".")[0] for module in graph if "." in module}:
        tuple(TopologicalSorter(within(package, graph)).static_order())  # raises CycleError


def test_a_circle_of_packages_is_seen_although_no_file_is_in_one() -> None:
    graph = {"a.x.one": {"a.y.two"}, "a.y.three": {"a.x.four"}, "a.y.two": set(), "a.x.four": set()}
    tuple(TopologicalSorter(graph).static_order())
    with pytest.raises(CycleError):
        tuple(TopologicalSorter(within("a", graph)).static_order())


def _crossings(root: Path) -> list[str]:
    return [
        f"{file.relative_to(root)} imports {imported}"
        for file in sorted((root / "functions").rglob("*.py"))
        for imported in _imports(file)
        if imported.startswith("functions.") and not imported.startswith("functions.spec")
    ]


def test_a_function_imports_no_other_function(root: Path) -> None:
    assert _crossings(root) == []


@pytest.mark.parametrize("package", HOMES)
def test_each_vendor_has_one_home(root: Path, package: str) -> None:
    assert _strangers(root, package) == set()


def _strangers(root: Path, package: str) -> set[str]:
    return {
        str(file.relative_to(root))
        for file in _sources(root)
        for imported in _imports(file)
        if (imported == package or imported.startswith(package + "."))
        and not str(file.relative_to(root)).startswith(HOMES[package])
    }


def _readers(root: Path) -> list[str]:
    return [
        str(file.relative_to(root))
        for file in sorted([*(root / "shared").rglob("*.py"), *(root / "functions").rglob("*.py")])
        if "os.environ" in file.read_text() and file.parent.name != "settings"
    ]


def test_only_settings_reads_the_environment(root: Path) -> None:
    assert _readers(root) == []


_WINGS = (
    "definitions",
    "runs",
    "triggers",
    "actions",
    "builtins",
    "catalog",
    "engine",
    "starts",
    "operations",
    "authoring",
)


@pytest.mark.parametrize(("lower", "upper"), list(pairwise(_WINGS)))
def test_a_wing_that_imports_the_next_above_is_seen(tmp_path: Path, lower: str, upper: str) -> None:
    _plant(tmp_path, f"shared/automations/{lower}/offender.py", f"from shared.automations.{upper} import anything")
    offence = f"shared.automations.{lower}.offender imports shared.automations.{upper}"
    assert offence in _upwards(tmp_path)
    _plant(tmp_path, f"shared/automations/{lower}/offender.py", "")
    _plant(tmp_path, f"shared/automations/{upper}/fine.py", f"from shared.automations.{lower} import anything")
    assert _upwards(tmp_path) == []


def test_other_offenders_are_seen(tmp_path: Path) -> None:
    _plant(tmp_path, "shared/domains/offender.py", "def late():\n    import google.cloud.firestore, os\n    os.environ")
    _plant(tmp_path, "functions/http/offender.py", "from functions.http import prospects")
    assert _strangers(tmp_path, "google.cloud") == {"shared/domains/offender.py"}
    assert _readers(tmp_path) == ["shared/domains/offender.py"]
    assert _crossings(tmp_path) == [
        "functions/http/offender.py imports functions.http",
        "functions/http/offender.py imports functions.http.prospects",
    ]


def _plant(root: Path, path: str, text: str) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    _nodes.cache_clear()
