"""/api/chat and /api/knowledge: questions to the vault."""

import pytest

from tests.fixtures.api import Api


def _fill(api: Api) -> str:
    long = " ".join(f"Sentence {n} is about school budgets." for n in range(60)) + " Zebras graze at the end."
    api.post("/api/vault", {"title": "Budgets", "summary": long, "category": "c", "metadata": {"file_name": "b.pdf"}})
    summary = "Four in ten teachers think about leaving. Burnout is the main reason."
    id: str = api.post("/api/vault", {"title": "Teacher survey", "summary": summary, "category": "c"})["item"]["id"]
    api.post("/api/vault", {"title": "Plants", "summary": "Ferns need light.", "category": "c"})
    return id


def test_passages_come_with_honest_scores(api: Api) -> None:
    id = _fill(api)
    answer = api.post("/api/chat/", {"query": "Why is there burnout among teachers?", "user_id": api.uid})
    assert answer["query"] == "Why is there burnout among teachers?"
    best, *others = answer["results"]
    assert (best["source_id"], best["chunk_index"], best["metadata"]["file_name"]) == (id, 0, "Teacher survey")
    assert "Burnout is the main reason." in best["chunk"]
    assert 0.3 < best["similarity_score"] <= 1
    assert all(result["similarity_score"] < best["similarity_score"] for result in others)


def test_long_items_are_answered_in_chunks(api: Api) -> None:
    _fill(api)
    results = api.post("/api/chat", {"query": "grazing zebras graze"})["results"]
    assert len(results) == 1
    assert (results[0]["chunk_index"] >= 2, results[0]["metadata"]["file_name"]) == (True, "b.pdf")
    assert results[0]["chunk"].endswith("Zebras graze at the end.")
    budgets = api.post("/api/chat", {"query": "school budgets", "top_k": 2})["results"]
    assert len(budgets) == 2
    assert all(len(result["chunk"]) <= 800 for result in budgets)


def test_an_answer_is_made_of_the_vaults_own_sentences(api: Api) -> None:
    id = _fill(api)
    answer = api.post("/api/knowledge/query", {"query": "reason for burnout", "top_k": 3})
    assert answer["answer"] == "Burnout is the main reason. [1]"
    source = answer["sources"][0]
    assert (source["id"], source["data"]["source"], source["data"]["chunk_index"]) == (id, "Teacher survey", 0)
    assert 0 < source["score"] <= 1


def test_a_question_in_other_words_is_answered_and_cited(api: Api) -> None:
    _fill(api)
    api.post("/api/vault", {"title": "Staff", "summary": "Educators are exhausted by marking.", "category": "c"})
    answer = api.post("/api/knowledge/query", {"query": "overworked instructors and tired educators", "top_k": 3})
    cited = [source["data"]["source"] for source in answer["sources"]]
    assert f"Educators are exhausted by marking. [{cited.index('Staff') + 1}]" in answer["answer"]
    assert "Plants" not in cited


def test_what_the_vault_does_not_know_is_not_invented(api: Api) -> None:
    _fill(api)
    assert api.post("/api/chat", {"query": "submarine"})["results"] == []
    answer = api.post("/api/knowledge/query", {"query": "submarine"})
    assert (answer["answer"], answer["sources"]) == ("Nothing in your knowledge vault matches this question.", [])


def test_another_users_vault_is_not_asked(api: Api) -> None:
    _fill(api)
    with api.another_user() as other:
        assert other.post("/api/chat", {"query": "teachers"})["results"] == []


@pytest.mark.parametrize("path", ["/api/chat/", "/api/knowledge/query"])
@pytest.mark.parametrize(("body", "field"), [({"query": " "}, "query"), ({"query": "a", "top_k": 51}, "top_k")])
def test_questions_that_cannot_be_asked(api: Api, path: str, body: dict[str, object], field: str) -> None:
    refused = api.http.post(path, json=body)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)


def test_a_question_costs_two_round_trips(api: Api) -> None:
    """What has changed and the index at once, then a read for each item; the first question has the index built. What
    was written within the last minute is counted."""
    _fill(api)
    api.post("/api/chat", {"query": "teachers"})
    answer = api.http.post("/api/chat", json={"query": "teachers"})
    assert answer.headers["x-firestore-cost"].startswith("rpcs=4 ")
    assert answer.headers["x-firestore-cost"].endswith(" writes=0 commits=0")
