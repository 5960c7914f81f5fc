"""The Terraform files, read once, and what an apply with everything optional would make of them."""

from typing import Any

import pytest

from infra.deploy import terraform_check
from infra.deploy.hcl import configuration, packages
from infra.deploy.hcl.configuration import Configuration
from infra.deploy.terraform_check import FOLDER, Resources


@pytest.fixture(scope="package")
def parsed() -> dict[str, Any]:
    """Each file's content by its name."""
    return {file.name: content for file, content in packages.parsed(sorted(FOLDER.glob("*.tf"))).items()}


@pytest.fixture(scope="package")
def loaded(parsed: dict[str, Any]) -> Configuration:
    return configuration.assemble(FOLDER, parsed)


@pytest.fixture(scope="package")
def resources(loaded: Configuration) -> Resources:
    return terraform_check.expanded(loaded)
