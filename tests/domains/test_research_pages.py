"""Pages between stages: what does not fit is cut and said, and earlier research is no source beside others."""

import json
from dataclasses import replace

import pytest

from shared.domains.research import corpus, pages, reading
from shared.domains.vault import service as vault
from shared.domains.vault.models import VaultInput
from shared.store import large_values
from tests.domains.research_pages import page


def test_what_is_not_read_of_a_long_page_is_said() -> None:
    long = page("The harbour grew again. " * 20_000)
    [kept] = pages.packed([replace(long, notes=("Only the first 500 of 900 pages were read.",))])
    assert len(kept["text"]) == reading.MAX_CHARS
    assert list(kept["notes"]) == [
        "Only the first 500 of 900 pages were read.",
        "Only the first 200,000 of 480,000 characters were read.",
    ]
    assert pages.unpacked(kept).notes == tuple(kept["notes"])
    assert pages.unpacked({name: value for name, value in kept.items() if name != "notes"}).notes == ()


def test_many_long_pages_fit_into_what_a_step_keeps() -> None:
    kept = pages.packed([page("東京の港は広い。" * 40_000) for _ in range(12)])
    large_values.check({"pages": kept})
    lengths = {len(fields["text"]) for fields in kept}
    assert lengths == {len(kept[0]["text"])}
    assert len(kept[0]["text"]) > 30_000
    assert all("characters were read" in fields["notes"][0] for fields in kept)
    assert json.dumps(kept)


@pytest.mark.usefixtures("local_settings")
def test_earlier_research_is_no_source_beside_others() -> None:
    said = "Harbour pilots wait four hours for a berth in Tilbury, says the pilots' union."
    earlier = VaultInput(title="Pilots", summary=said, category="c", metadata={"origin": "research"})
    vault.create("alone", earlier)
    alone = corpus.search("alone", "harbour pilots berth", limit=5)
    assert [hit.title for hit in alone.hits if hit.url.startswith("vault:")] == ["Pilots"]
    assert any("no source of its own" in note for note in alone.notes)
    vault.create("both", earlier)
    vault.create("both", VaultInput(title="Own notes", summary=said, category="c"))
    both = corpus.search("both", "harbour pilots berth", limit=5)
    assert [hit.title for hit in both.hits if hit.url.startswith("vault:")] == ["Own notes"]
    assert not any("no source of its own" in note for note in both.notes)
