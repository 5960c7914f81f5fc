"""The description as an SDK: a client generated from it type-checks, and drives every domain of the running API."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from infra import openapi
from infra.local.stack import Stack
from tests.client import minimal
from tests.fixtures import node
from tests.fixtures.tokens import unsigned

pytestmark = [pytest.mark.slow, pytest.mark.timeout(200)]

_HERE = Path(__file__).parent
_COMPILER = "node_modules/typescript/bin/tsc"


@pytest.fixture(scope="module")
def build(root: Path) -> Path:
    """Where the npm packages are, the generated types and the compiled check: below the ignored build/."""
    return node.packages(root, _HERE)


def test_a_generated_client_drives_every_domain(stack: Stack, build: Path, root: Path) -> None:
    """The smallest body of each write is compiled along, so that the types demand no more than the description."""
    (build / "calls.ts").write_text(minimal.module())
    compiled = _compile(build, root / "functions/openapi.json")
    assert compiled.returncode == 0, compiled.stdout
    done = _run("node", str(build / "out/tests/client/check.js"), stack.url, unsigned(stack.project, "client"))
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_write_takes_the_fields_that_it_needs_alone() -> None:
    """Of each operation: the smallest body that its description allows fits its model."""
    models = {f"{route.method} {router.prefix}{route.path}": route.body for _, router, route in openapi.routes()}
    for operation in minimal.writes():
        model, body = models[operation.name], minimal.body_of(operation)
        assert model is not None
        model.model_validate_json(json.dumps(body), strict=True)


def test_the_reference_shows_every_operation(build: Path, root: Path) -> None:
    script = shutil.copy(_HERE / "docs.mjs", build)  # beside the packages
    done = _run("node", str(script), str(root / "functions/docs.html"), str(root / "functions/openapi.json"))
    assert done.returncode == 0, done.stdout + done.stderr


def _compile(build: Path, description: Path) -> subprocess.CompletedProcess[str]:
    """Types from the description by the generator's default options, then the check in JavaScript, or why it does not
    fit them."""
    generator = build / "node_modules/openapi-typescript/bin/cli.js"
    generated = _run("node", str(generator), str(description), "--output", str(build / "api.d.ts"))
    assert generated.returncode == 0, generated.stdout + generated.stderr
    return _run("node", str(build / _COMPILER), "--project", str(_HERE))


def _run(*command: str, cwd: Path = _HERE) -> subprocess.CompletedProcess[str]:
    return node.run(*command, cwd=cwd)
