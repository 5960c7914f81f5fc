"""Documents that are due are found among all users' by one query, whose index has an end for each shard."""

from collections import Counter

import pytest

from shared.automations.runs import store as run_store
from shared.gcp import firestore
from shared.kit.ids import new_id
from shared.kit.shards import SHARDS, shard_of
from tests.automations import seed
from tests.automations.played import notify

pytestmark = pytest.mark.usefixtures("served")


def test_ids_spread_over_all_shards_evenly() -> None:
    counts = Counter(shard_of(new_id()) for _ in range(30_000))
    assert set(counts) == set(SHARDS)
    assert max(counts.values()) < 1.2 * 1_000


def test_the_shard_is_stored_once_and_no_step_writes_it_again() -> None:
    message = seed.execution(seed.automation(notify("n")))
    document = firestore.client().get(run_store.executions.path(seed.UID, message.execution_id))
    assert document is not None
    assert document.data["shard"] == shard_of(message.execution_id)
    run = seed.stored(message)
    assert "shard" not in run_store.changed_fields(run.stored(), run.draft().stored())
