"""A search of several words looks at the first 1,000 rows only, and says so: it never answers a silent nobody."""

from tests.fixtures.api import Api

LIMIT = 1_000


def _import(api: Api, names: list[str]) -> None:
    for start in range(0, len(names), 500):
        api.import_csv("\n".join(["name", *names[start : start + 500]]))


def test_a_search_beyond_its_limit_says_so(api: Api) -> None:
    _import(api, ["John Corporation"])
    _import(api, [f"Corporation Person {n}" for n in range(LIMIT)])
    found = api.get("/api/prospects", search="john corporation")
    assert (found["prospects"], found["total"]) == ([], 0)
    assert found["searched"] == {"limit": LIMIT, "complete": False}
    assert "searched" not in api.get("/api/prospects", search="corporation")  # an index answers for one word


def test_a_search_within_its_limit_is_complete(api: Api) -> None:
    _import(api, ["John Corporation", "Ann Corporation"])
    found = api.get("/api/prospects", search="john corporation")
    assert [row["name"] for row in found["prospects"]] == ["John Corporation"]
    assert found["searched"] == {"limit": LIMIT, "complete": True}
    assert "searched" not in api.get("/api/prospects")
