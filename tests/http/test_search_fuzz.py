"""Whatever is asked, a search is answered or refused with the place that is wrong; never with a fault of ours."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fixtures.api import Api

_SYNTAX = ['"', "-", "*", ":", "(", ")", "AND", "OR", "~", "^", "\\", "'", '"acme', "kind:", "tag:", "status:"]
_NAMED = ["title:", "company:", "kind:prospects,vault", "-kind:x", "title:*"]
_WORDS = ["acme", "schools", "a", "Ünïcode", "東京", "ก", "é́́", "ß", "İ", "1e999", "%00", "../", "x" * 300, "9" * 40]
_SIGNS = ["\u202e", "\u200d", "👩\u200d👩\u200d👧", "\x00", "\ud800", "\n"]
_PIECES = st.sampled_from([*_SYNTAX, *_NAMED, *_WORDS, *_SIGNS])
_QUERIES = st.one_of(
    st.text(max_size=200), st.lists(_PIECES, max_size=60).map(" ".join), st.lists(_PIECES, max_size=60).map("".join)
)
_FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "kinds": st.one_of(st.text(max_size=20), st.sampled_from(["prospects", "prospects,vault", ",", " "])),
        "tags": st.text(max_size=30),
        "status": st.text(max_size=30),
        "from": st.one_of(st.text(max_size=20), st.sampled_from(["2026-01-01", "2026-01-01T00:00:00Z"])),
        "mode": st.sampled_from(["auto", "text", "semantic", "hybrid", "x"]),
        "limit": st.integers(-5, 60).map(str),
        "cursor": st.text(max_size=30),
    },
)


@pytest.fixture
def filled(api: Api) -> Api:
    """A user with documents that the pieces find."""
    for name in ("Acme Schools", "Ünïcode a", "東京大学", "ß İ 1e999", "x" * 200):
        api.post("/api/prospects", {"name": name, "company": "acme", "tags": ["a"]})
        api.post("/api/vault", {"title": name, "summary": f"{name} 👩\u200d👩\u200d👧 é́́ schools", "category": "c"})
    return api


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(q=_QUERIES, filters=_FILTERS)
def test_any_query_is_answered_or_refused_by_name(filled: Api, q: str, filters: dict[str, str]) -> None:
    query = {name: text.encode(errors="surrogatepass").decode(errors="replace") for name, text in filters.items()}
    asked = q.encode(errors="surrogatepass").decode(errors="replace")
    answer = filled.http.get("/api/search", params={"q": asked, **query})
    body: dict[str, Any] = answer.json()
    assert answer.status_code in (200, 400, 422), (answer.status_code, asked)
    if answer.status_code != 200:
        assert body["detail"], asked
        return
    for hit in body["hits"]:
        text = hit["snippet"]["text"]
        assert all(0 <= start < end <= len(text) for start, end in hit["snippet"]["spans"])


def test_no_query_costs_more_than_its_bound(api: Api) -> None:
    """32 words are the most; a thousand characters are a query's length."""
    for number in range(20):
        api.post("/api/vault", {"title": f"Note {number}", "summary": "word " * 200, "category": "c"})
    api.get("/api/search", q="word")
    for q in ("word " * 32, "w* " * 32, '"word word word word" ' * 8, "-word " * 32, "wrod " * 32):
        answer = api.http.get("/api/search", params={"q": q.strip(), "limit": 50})
        assert answer.status_code == 200, q
        reads = int(answer.headers["x-firestore-cost"].split("reads=")[1].split()[0])
        assert reads <= 2 + 50 + 60, q  # what has changed, the index, a page of hits; what was written just now
    for q in ('"a b" ' * 40, "a" * 1_001):
        refused = api.http.get("/api/search", params={"q": q})
        assert refused.status_code == 422


def test_of_a_long_sentence_the_most_telling_words_are_looked_for(api: Api) -> None:
    api.post("/api/vault", {"title": "Zebras", "summary": "Zebras crossed the schoolyard.", "category": "c"})
    sentence = "of the and " * 20 + "zebras schoolyard " + " ".join(f"notaword{number}" for number in range(29))
    answer = api.get("/api/search", q=sentence, mode="text", kinds="vault")
    assert [hit["title"] for hit in answer["hits"]] == ["Zebras"]
    assert {"of", "the", "and"} & {*answer["ignored"]}
    assert not {"zebras", "schoolyard"} & {*answer["ignored"]}
    assert api.get("/api/search", q="zebras")["ignored"] == []
