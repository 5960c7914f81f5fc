"""The schemas say what the providers' documentation says."""

import pytest

from infra.deploy.hcl import packages, schema
from infra.local.process import LocalError

pytestmark = pytest.mark.timeout(400)  # the schemas are fetched once, 65 MB


def test_arguments_blocks_and_values_are_known() -> None:
    kind = schema.resource("google", "resources", "google_cloudfunctions2_function")
    assert kind is not None
    assert {name for name, argument in kind.arguments.items() if argument.required} == {"name", "location"}
    service = kind.arguments["service_config"]
    assert (service.kind, service.single) == ("block", True)
    assert service.block is not None
    assert service.block["ingress_settings"].values == ("ALLOW_ALL", "ALLOW_INTERNAL_ONLY", "ALLOW_INTERNAL_AND_GCLB")
    assert service.block["max_instance_request_concurrency"].kind == "number"
    assert not service.block["secret_environment_variables"].single
    assert "uri" in kind.exports["serviceconfig"]
    assert "url" in kind.exports


def test_beta_has_what_the_other_lacks() -> None:
    assert schema.resource("google", "resources", "google_firebase_hosting_site") is None
    assert schema.resource("google-beta", "resources", "google_firebase_hosting_site") is not None
    assert schema.resource("google", "data-sources", "google_project") is not None


def test_another_archive_than_the_pinned_one_is_refused() -> None:
    other = packages.Package(packages.PARSER.name, packages.PARSER.version, "AAAA")
    with pytest.raises(LocalError, match="not the archive that its checksum names"):
        packages.member(other, "package.json")
    assert b"hcl2json" in packages.member(packages.PARSER, "package.json")


def test_a_version_that_does_not_exist_is_told() -> None:
    with pytest.raises(LocalError, match="npm pack failed"):
        packages.member(packages.Package(packages.PARSER.name, "0.0.0-none", ""), "package.json")
