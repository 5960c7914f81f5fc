"""What others have reported of deploying the like, rebuilt on ours.

Reports that other tests stand for:
* terraform-provider-google 1938, code that changes and is not deployed: test_archives.py
* terraform-provider-google 15264, who may invoke a function: terraform/test_planted_faults.py
* terraform-provider-google 25069, events that are given up: test_deploy.py
* terraform-google-pubsub 34, rights of Pub/Sub at dead letters: terraform/test_resources.py
* firebase-functions 1408, a database in a multi-region: terraform/test_resources.py
* firebase-functions 1288, several requests at once with less than a CPU: test_plan.py
* firebase-functions 932, answers that a cache keeps: tests/http/test_caching.py
* firebase-tools 2188, links that are uploaded: firebase/test_files.py
* stripe-firebase-extensions 382, the latest version of a secret: terraform/test_resources.py
* jspsych/datapipe 212, a TTL policy that a deployment removes: test_lifetimes.py
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from functions.manifest import FUNCTIONS
from functions.spec import DocumentWritten, Schedule
from infra import firebase
from infra.deploy import indexes, plan, terraform_check
from infra.deploy.hcl import configuration
from infra.deploy.hcl.configuration import Configuration
from infra.deploy.terraform_check import FOLDER, Resources

pytestmark = pytest.mark.timeout(400)  # the schemas are fetched once, 65 MB

FUNCTION, INVOKER = "google_cloudfunctions2_function", "google_cloud_run_service_iam_member"
PLAN = plan.plan()
Overrides = list[dict[str, Any]]


@pytest.fixture(scope="module")
def loaded() -> Configuration:
    return configuration.load(FOLDER)


@pytest.fixture(scope="module")
def resources(loaded: Configuration) -> Resources:
    return terraform_check.expanded(loaded)


@pytest.fixture(scope="module")
def overrides() -> Overrides:
    listed: Overrides = json.loads(indexes.FILE.read_text())["fieldOverrides"]
    return listed


def _left_uncallable(loaded: Configuration) -> Iterator[str]:
    """Rights at functions that a function which is made anew would not have."""
    for block in loaded.blocks.values():
        if block.kind == INVOKER:
            anew = [each for part in block.body.get("lifecycle", ()) for each in part.get("replace_triggered_by", ())]
            if anew != ["${" + FUNCTION + ".function[each.key].id}"]:
                yield block.address


def test_a_function_that_is_made_anew_may_be_called(loaded: Configuration) -> None:
    """hashicorp/terraform-provider-google#18308: everybody got 403 after each replacement."""
    assert list(_left_uncallable(loaded)) == []
    block = loaded.blocks[f"{INVOKER}.public"]
    without = replace(block, body={name: raw for name, raw in block.body.items() if name != "lifecycle"})
    assert list(_left_uncallable(replace(loaded, blocks={**loaded.blocks, block.address: without}))) == [block.address]


def _unmatched(functions: Mapping[str, Any]) -> list[str]:
    """Functions whose document's pattern would be compared letter by letter."""
    filters = {
        body["name"]: {each["attribute"]: each for each in trigger["event_filters"]}
        for body in functions.values()
        for trigger in body.get("event_trigger", ())
    }
    return [name for name, by in filters.items() if "{" in by["document"]["value"] and "operator" not in by["document"]]


def test_a_documents_pattern_is_one(resources: Resources) -> None:
    """algolia/firestore-algolia-search#252: without its operator, {id} matched no document, and no event ever came."""
    functions = resources[FUNCTION]
    assert _unmatched(functions) == []
    operators = {
        each.get("operator")
        for body in functions.values()
        for trigger in body.get("event_trigger", ())
        for each in trigger["event_filters"]
        if each["attribute"] == "document"
    }
    assert operators == {"match-path-pattern"}
    plain = {"name": "a", "event_trigger": [{"event_filters": [{"attribute": "document", "value": "users/{id}"}]}]}
    assert _unmatched({"a": plain}) == ["a"]
    events = [spec for spec in FUNCTIONS if isinstance(spec.trigger, DocumentWritten)]
    assert firebase.functions_yaml().count("eventFilterPathPatterns") == len(events) > 0


def test_no_ttl_policy_is_set_for_a_whole_collection(overrides: Overrides) -> None:
    """firebase/firebase-tools#7294: `ttl` beside `*`, even false, made each deployment fail with 400."""
    assert [each for each in overrides if each["fieldPath"] == "*" and "ttl" in each] == []


def test_a_collection_has_one_ttl_policy(overrides: Overrides) -> None:
    """firebase/firebase-tools#5267: a second one is refused."""
    policies = Counter(each["collectionGroup"] for each in overrides if each.get("ttl"))
    assert set(policies.values()) == {1}


def test_a_time_of_a_ttl_policy_has_no_index(overrides: Overrides) -> None:
    """firebase/firebase-tools#6569: times that rise with each write, indexed unasked, bound the writes."""
    assert [each for each in overrides if each.get("ttl") and each["indexes"]] == []


def test_a_database_takes_as_many_exemptions_and_indexes(overrides: Overrides) -> None:
    """coinbase/chainstorage#72: a database has room for 200 of one, and 1,000 of the other."""
    assert len(overrides) <= 200
    assert len(indexes.declared()) <= 1_000


@pytest.mark.parametrize("name", PLAN.functions)
def test_memory_fits_the_cpu(name: str) -> None:
    """MarkEdmondson1234/googleCloudRunner#137: refused with «For 1.0 CPU, memory must be between 512Mi and 4Gi»."""
    least, most = {1: (512, 4096), 2: (512, 8192), 4: (2048, 16384)}[int(PLAN.functions[name].cpu)]
    assert least <= PLAN.functions[name].memory <= most


def test_a_job_waits_as_long_as_its_function_works(resources: Resources) -> None:
    """firebase/firebase-functions#1772: three minutes by default, and from 15 seconds to half an hour."""
    deadlines = {body["name"]: body["attempt_deadline"] for body in resources["google_cloud_scheduler_job"].values()}
    assert deadlines.keys() == {spec.deployed_name for spec in FUNCTIONS if isinstance(spec.trigger, Schedule)}
    for name, deadline in deadlines.items():
        assert PLAN.functions[name].timeout <= int(deadline.removesuffix("s")) <= 1800
        assert int(deadline.removesuffix("s")) >= 15


def test_hosting_asks_functions_where_they_are(resources: Resources) -> None:
    """firebase/firebase-tools#1653: a rewrite without a region asked us-central1, wherever the function was."""
    assert {rewrite["function"]["region"] for rewrite in firebase.rewrites()} == {firebase.REGION}
    assert f'region: ["{firebase.REGION}"]' in firebase.functions_yaml()
    (version,) = resources["google_firebase_hosting_version"].values()
    runs = [run for rewrite in version["config"][0]["rewrites"] for run in rewrite["run"]]
    assert {run["region"] for run in runs} == {body["location"] for body in resources[FUNCTION].values()}
