"""The manifest is the only list of functions, and every line of it can be deployed."""

import types
from importlib import import_module
from pathlib import Path

import pytest

from functions.manifest import FUNCTIONS
from functions.spec import DocumentWritten, FunctionSpec, Http, Queue, Schedule
from infra.deploy import plan
from shared.settings import Settings

by_name = pytest.mark.parametrize("spec", FUNCTIONS, ids=lambda spec: spec.name)


@by_name
def test_the_target_is_a_plain_function_of_that_name(spec: FunctionSpec) -> None:
    target = getattr(import_module(spec.module), spec.name)
    assert isinstance(target, types.FunctionType)
    assert target.__name__ == spec.name


@by_name
def test_the_framework_serves_it_as_its_trigger_needs(spec: FunctionSpec) -> None:
    from functions_framework import _function_registry as registry

    import_module(spec.module)
    kind = "cloudevent" if isinstance(spec.trigger, DocumentWritten) else "http"
    assert registry.get_func_signature_type(spec.name, "") == kind


def test_every_module_of_the_edge_is_listed_once(root: Path) -> None:
    modules = sorted(
        f"functions.{file.parent.name}.{file.stem}"
        for file in (root / "functions").glob("*/*.py")
        if file.stem != "__init__"
    )
    assert sorted(spec.module for spec in FUNCTIONS) == modules


def test_names_and_paths_are_unique() -> None:
    names = [spec.name for spec in FUNCTIONS]
    paths = [spec.trigger.path for spec in FUNCTIONS if isinstance(spec.trigger, Http)]
    assert len(set(names)) == len(names)
    assert len(set(paths)) == len(paths)


def test_a_queue_is_named_as_its_function() -> None:
    """The Firebase CLI names it so, whatever the manifest says."""
    queues = {spec.trigger.queue: spec.deployed_name for spec in FUNCTIONS if isinstance(spec.trigger, Queue)}
    assert queues
    assert all(queue == name for queue, name in queues.items())


def test_our_packages_are_not_shadowed(root: Path) -> None:
    for name in ("functions", "shared"):
        assert Path(import_module(name).__file__ or "").is_relative_to(root)


@pytest.mark.parametrize(
    "spec", [spec for spec in FUNCTIONS if isinstance(spec.trigger, Schedule)], ids=lambda spec: spec.name
)
def test_a_sweep_ends_before_its_function_is_ended(spec: FunctionSpec) -> None:
    """When its time is over, each of its threads may wait for a batch's calls: a query, a write, one more."""
    fields = Settings.model_fields
    assert fields["sweep_seconds"].default + 3 * fields["rpc_seconds"].default <= spec.resources.timeout


def test_a_redrive_of_many_ends_before_its_function_is_ended() -> None:
    """The letter then under way may wait for some calls: its claim, its handlers', its note."""
    fields = Settings.model_fields
    timeout = next(spec.resources.timeout for spec in FUNCTIONS if spec.name == "dead_letters")
    assert fields["sweep_seconds"].default + 10 * fields["rpc_seconds"].default <= timeout


def test_the_plan_of_the_deployment_is_the_manifests() -> None:
    """Drift is mended with: python -m infra plan."""
    assert plan.FILE.read_text() == plan.plan().text()
