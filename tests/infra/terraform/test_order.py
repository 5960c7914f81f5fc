"""An apply in an empty project makes things in an order that Google takes."""

from dataclasses import replace

import pytest

from infra.deploy.hcl import checks
from infra.deploy.hcl.configuration import Configuration

pytestmark = pytest.mark.timeout(400)  # the schemas are fetched once, 65 MB

APIS = "time_sleep.apis"
FUNCTION = "google_cloudfunctions2_function.function"
# What enables APIs, or needs none: it is not of a project's own API, or waits for nothing.
BEFORE = {"google_project_service.api", APIS}


def _after(needed: dict[str, set[str]], address: str) -> set[str]:
    """All that is made before an address."""
    before: set[str] = set()
    waiting = [address]
    while waiting:
        new = needed.get(waiting.pop(), set()) - before
        before |= new
        waiting.extend(new)
    return before


def _early(loaded: Configuration) -> list[str]:
    """Resources that may be made before the APIs are enabled everywhere."""
    needed = checks.graph(loaded)
    resources = {block.address for block in loaded.blocks.values() if block.mode == "resource"}
    return sorted(address for address in resources - BEFORE if APIS not in _after(needed, address))


def test_everything_waits_for_the_apis(loaded: Configuration) -> None:
    assert _early(loaded) == []
    assert "google_project_service.api" in _after(checks.graph(loaded), APIS)


def test_what_does_not_wait_is_seen(loaded: Configuration) -> None:
    block = loaded.blocks["google_storage_bucket.sources"]
    hasty = replace(block, body={name: raw for name, raw in block.body.items() if name != "depends_on"})
    early = _early(replace(loaded, blocks={**loaded.blocks, block.address: hasty}))
    assert early == [block.address, "google_storage_bucket_object.source"]


@pytest.mark.parametrize(
    ("address", "first"),
    [
        (FUNCTION, "time_sleep.rights"),
        (FUNCTION, "google_secret_manager_secret_version.signing_key"),
        (FUNCTION, "google_secret_manager_secret_iam_member.reader"),
        (FUNCTION, "google_project_iam_member.build"),
        (FUNCTION, "google_project_iam_member.eventarc_agent"),
        (FUNCTION, "google_project_iam_member.events"),
        (FUNCTION, "google_firestore_database.database"),
        (FUNCTION, "google_storage_bucket_object.source"),
        ("google_project_iam_member.eventarc_agent", "google_project_service_identity.agent"),
        ("google_service_account_iam_member.tokens", "google_project_service_identity.agent"),
        ("google_project_iam_member.dead_letters", "google_project_service_identity.agent"),
        ("google_cloud_tasks_queue.queue", "google_project_service_identity.agent"),
        ("google_pubsub_subscription.push", "google_cloud_run_service_iam_member.caller"),
        ("google_cloud_scheduler_job.job", "google_cloud_run_service_iam_member.caller"),
        ("google_firebase_hosting_version.version", "google_cloud_run_service_iam_member.public"),
        ("google_firebase_hosting_site.site", "google_firebase_project.project"),
        ("google_identity_platform_config.auth", "google_firebase_project.project"),
        ("google_monitoring_alert_policy.threshold", "time_sleep.metrics"),
        ("google_monitoring_alert_policy.error_rate", "time_sleep.metrics"),
        ("time_sleep.metrics", "google_logging_metric.metric"),
    ],
)
def test_one_is_made_after_the_other(loaded: Configuration, address: str, first: str) -> None:
    assert first in _after(checks.graph(loaded), address)
