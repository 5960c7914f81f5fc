"""The index names all rows that match. Where it cannot sort or filter them, 1,000 are compared, and that is said."""

from tests.fixtures.api import Api

LIMIT = 1_000


def _import(api: Api, names: list[str]) -> None:
    for start in range(0, len(names), 500):
        api.import_csv("\n".join(["name", *names[start : start + 500]]))


def test_however_many_rows_have_a_word_the_one_with_both_is_found(api: Api) -> None:
    _import(api, ["John Corporation"])
    _import(api, [f"Corporation Person {n}" for n in range(LIMIT)])
    found = api.get("/api/prospects", search="john corporation")
    assert [row["name"] for row in found["prospects"]] == ["John Corporation"]
    assert "searched" not in found
    sorted_ = api.get("/api/prospects", search="corporation", sort_by="fit_score")
    assert sorted_["searched"] == {"limit": LIMIT, "complete": False}
    newest = api.get("/api/prospects", search="corporation")
    assert (newest["total"], "searched" in newest) == (LIMIT + 1, False)


def test_a_search_within_its_limit_is_complete(api: Api) -> None:
    _import(api, ["John Corporation", "Ann Corporation"])
    found = api.get("/api/prospects", search="john corporation", sort_by="company")
    assert [row["name"] for row in found["prospects"]] == ["John Corporation"]
    assert found["searched"] == {"limit": LIMIT, "complete": True}
    assert "searched" not in api.get("/api/prospects")
