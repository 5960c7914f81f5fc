"""What is to change is said before anybody agrees."""

from copy import deepcopy

from infra.deploy.changes import changes
from tests.infra.deploy import recorded

ARCHIVES = {
    "health": "health-aaaaaaaaaaaaaaaa.zip",
    "prospects": "prospects-ffffffffffffffff.zip",
    "chat": "chat-cccccccccccccccc.zip",
    "vault": "vault-dddddddddddddddd.zip",
}


def test_functions_are_compared_by_the_content_of_their_bundles() -> None:
    found = changes(ARCHIVES, recorded.content("functions"), recorded.content("plan"))
    assert (found.new, found.changed, found.unchanged) == (("vault",), ("prospects",), ("health",))
    assert found.failed == ("chat",)  # the same content, but its deployment did not come to its end
    assert found.counts == {"create": 1, "update": 1, "delete": 1}
    assert "1 functions new: vault" in found.text()
    assert "1 to update" in found.text()


def test_the_first_deployment_makes_everything() -> None:
    assert changes(ARCHIVES, None, None).new == tuple(ARCHIVES)


def test_what_would_lose_data_is_named() -> None:
    plan = deepcopy(recorded.content("plan"))
    assert changes(ARCHIVES, [], plan).losses == ()
    plan["resource_changes"][3]["change"]["actions"] = ["delete", "create"]
    assert changes(ARCHIVES, [], plan).losses == ("google_firestore_database.database",)
