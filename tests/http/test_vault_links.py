"""/api/vault: the links of items with messages and templates, which both sides show."""

from typing import Any

import pytest

from shared.domains import links
from shared.domains.outreach import service as outreach
from shared.domains.templates import service as templates
from shared.domains.vault.models import MAX_LINKS
from shared.gcp import firestore, writes
from shared.kit import clock
from shared.store.changes import Change
from tests.fixtures.api import Api
from tests.fixtures.vault import item_of, message_of, template_of
from tests.fixtures.waiting import eventually


def _template_links(api: Api) -> Any:
    document = firestore.client().get(f"users/{api.uid}/templates/t1")
    assert document
    return document.data.get("linked_vault_ids")


def test_a_link_shows_on_both_sides_and_only_once(api: Api) -> None:
    item, message = item_of(api), message_of(api)
    by_query = api.http.post(f"/api/vault/{item['id']}/link-outreach?outreach_id={message}")
    assert Api.ok(by_query)["item"]["linked_outreach_ids"] == [message]
    again = api.post(f"/api/vault/{item['id']}/link-outreach", {"outreach_id": message})["item"]
    assert (again["linked_outreach_ids"], again["updated_at"]) == ([message], item["updated_at"])
    assert api.get(f"/api/vault/{item['id']}")["item"] == again
    assert api.get(f"/api/outreach/{message}")["outreach"]["linked_vault_ids"] == [item["id"]]


def test_content_is_linked_on_both_sides(api: Api) -> None:
    id, template = item_of(api)["id"], template_of(api)
    linked = api.post(f"/api/vault/{id}/link-content", {"content_id": template})["item"]
    assert linked["linked_content_ids"] == [template]
    assert api.get(f"/api/vault/{id}")["item"]["linked_content_ids"] == [template]
    assert _template_links(api) == [id]


def test_what_is_deleted_is_linked_no_more(api: Api) -> None:
    """On whichever side."""
    first, second = (item_of(api, title)["id"] for title in ("One", "Two"))
    message, template = message_of(api), template_of(api)
    for id in (first, second):
        api.post(f"/api/vault/{id}/link-outreach", {"outreach_id": message})
        api.post(f"/api/vault/{id}/link-content", {"content_id": template})
    Api.ok(api.http.delete(f"/api/vault/{second}"))
    eventually(lambda: api.get(f"/api/outreach/{message}")["outreach"]["linked_vault_ids"] == [first])
    eventually(lambda: _template_links(api) == [first])
    for path in (f"/api/outreach/{message}", f"/api/templates/{template}"):
        Api.ok(api.http.delete(path))

    def unlinked() -> bool:
        item = api.get(f"/api/vault/{first}")["item"]
        return (item["linked_outreach_ids"], item["linked_content_ids"]) == ([], [])

    eventually(unlinked)


def test_neither_side_has_too_many_links(api: Api) -> None:
    id, message = item_of(api)["id"], message_of(api)
    path = f"users/{api.uid}/outreach/{message}"
    firestore.client().commit([writes.update(path, {"linked_vault_ids": [f"v{n}" for n in range(MAX_LINKS)]})])
    refused = api.http.post(f"/api/vault/{id}/link-outreach", json={"outreach_id": message})
    assert (refused.status_code, str(MAX_LINKS) in refused.json()["detail"]) == (422, True)
    assert api.get(f"/api/vault/{id}")["item"]["linked_outreach_ids"] == []


@pytest.mark.parametrize("kind", ["outreach", "content"])
def test_links_that_cannot_be_made(api: Api, kind: str) -> None:
    id, field = item_of(api)["id"], f"{kind}_id"
    message_of(api)
    template_of(api)
    path = f"/api/vault/{id}/link-{kind}"
    known = {"outreach": "o1", "content": "t1"}[kind]
    assert api.http.post(path, json={field: "unknown"}).status_code == 404
    assert api.http.post(path, json={field: "a/b"}).status_code == 404
    assert api.http.post(f"/api/vault/unknown/link-{kind}", json={field: known}).status_code == 404
    missing = api.http.post(path)
    assert (missing.status_code, missing.json()["errors"][0]["field"]) == (422, field)
    torn = api.http.post(f"{path}?{field}={known}", json={field: "other"})
    assert (torn.status_code, torn.json()["errors"][0]["field"]) == (422, field)
    item = api.get(f"/api/vault/{id}")["item"]
    assert item["linked_outreach_ids"] == item["linked_content_ids"] == []
    assert api.get("/api/outreach/o1")["outreach"]["linked_vault_ids"] == []
    assert _template_links(api) is None


def test_a_deleted_item_takes_its_links_along(api: Api) -> None:
    id, message, template = item_of(api)["id"], message_of(api), template_of(api)
    api.post(f"/api/vault/{id}/link-outreach", {"outreach_id": message})
    api.post(f"/api/vault/{id}/link-content", {"content_id": template})
    outreach.repository.delete(api.uid, message)  # and what is gone by then does not come back
    Api.ok(api.http.delete(f"/api/vault/{id}"))
    eventually(lambda: _template_links(api) == [])
    assert api.http.get(f"/api/outreach/{message}").status_code == 404


def test_an_event_that_comes_late_leaves_the_links_of_a_new_item_of_the_same_id(api: Api) -> None:
    """Items made of files and insights have derived ids: the same file sent again is the same id."""
    id, message, template = item_of(api)["id"], message_of(api), template_of(api)
    api.post(f"/api/vault/{id}/link-outreach", {"outreach_id": message})
    before = {"linked_outreach_ids": [message], "linked_content_ids": [template]}
    deletion = Change("e1", api.uid, "vault", id, before, None, clock.now())
    firestore.client().commit([templates.to_link_vault_item(api.uid, template, id)])
    links.unlink_item(deletion)
    assert api.get(f"/api/outreach/{message}")["outreach"]["linked_vault_ids"] == [id]
    assert _template_links(api) == []
