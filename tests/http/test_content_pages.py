"""/api/content as the content pages call it: their own fields in, what they show out."""

from collections.abc import Iterable, Iterator

import pytest

from tests.fixtures.api import Api
from tests.providers.scripted import Scripted, scripted
from tests.providers.web.site import Asked, Site, response

PATH = "/api/content"
_ARTICLES = {
    "/blog/": ("Our blog", "Welcome.", ["tutors.html", "/blog/summer", "/about", "https://elsewhere.example/blog/x"]),
    "/blog/tutors.html": ("How to find tutors", "A summer school helps many districts. It costs little.", ["missing"]),
    "/blog/summer": ("Running a summer school", "First find tutors, early in the year. Then rent rooms.", ["/blog/"]),
    "/about": ("About us", "We like to find tutors.", []),
}


@pytest.fixture
def site() -> Iterator[Site]:
    def answer(asked: Asked) -> Iterable[bytes]:
        if asked.target not in _ARTICLES:
            return response(b"nothing", 404)
        title, text, links = _ARTICLES[asked.target]
        anchors = " ".join(f'<a href="{link}">more</a>' for link in links)
        page = f"<html><head><title>{title}</title></head><body><article><p>{text}</p>{anchors}</article></body></html>"
        return response(page.encode(), content_type="text/html; charset=utf-8")

    with Site(answer) as serving:
        yield serving


@pytest.fixture
def model(api: Api) -> Iterator[Scripted]:
    with scripted() as scripted_model:
        yield scripted_model


def test_articles_of_a_website_are_linked_with_each_other(api: Api, site: Site) -> None:
    body = {"website_url": site.url, "section_path": "/blog/", "num_articles": 5, "depth": 2}
    made = api.post(f"{PATH}/internal-linking", body)
    rows = {(row["source_article"], row["target_article"], row["anchor_text"]) for row in made["opportunities"]}
    assert rows == {
        ("How to find tutors", "Running a summer school", "summer school"),
        ("Running a summer school", "How to find tutors", "find tutors"),
    }
    assert made["total_opportunities"] == 2
    assert made["considered"] == 3
    assert all(row["anchor_text"] in row["context"] for row in made["opportunities"])
    assert {asked.target for asked in site.asked} == {"/robots.txt", "/blog/", *list(_ARTICLES)[1:3], "/blog/missing"}
    assert ["/blog/missing was left out" in note for note in made["notes"]] == [True]


def test_no_more_pages_are_read_than_asked_for(api: Api, site: Site) -> None:
    body = {"website_url": f"{site.url}/blog/", "num_articles": 2, "depth": 3}
    assert api.post(f"{PATH}/internal-linking", body)["considered"] == 2
    assert len([asked for asked in site.asked if asked.target.startswith("/blog")]) == 2


def test_a_website_that_cannot_be_read_is_an_error(api: Api, site: Site) -> None:
    for url, status in ((f"{site.url}/nothing", 502), ("http://169.254.169.254/", 422), ("javascript:alert(1)", 422)):
        answer = api.http.post(f"{PATH}/internal-linking", json={"website_url": url, "num_articles": 3, "depth": 2})
        assert answer.status_code == status, answer.text
    assert api.http.post(f"{PATH}/internal-linking", json={}).status_code == 422


def test_a_prd_holds_what_its_author_knows(api: Api) -> None:
    body = {
        "product_name": "Tutor board",
        "product_description": "Districts post open tutoring places.",
        "target_users": ["superintendent", "tutors"],
        "key_features": ["post a place", "apply", "rate a tutor", "export"],
        "include_mvp_scope": True,
        "include_user_stories": True,
    }
    text = api.post(f"{PATH}/prd", body)["prd_content"]
    assert text.startswith("# Tutor board\n")
    for line in (
        "Districts post open tutoring places.",
        "- superintendent",
        "1. post a place",
        "- As a superintendent, I need: apply",
        "- As tutors, I need: export",
        "- In: rate a tutor",
        "- Later: export",
    ):
        assert line in text.split("\n"), line
    plain = api.post(f"{PATH}/prd", body | {"include_mvp_scope": False, "include_user_stories": False})["prd_content"]
    assert "User stories" not in plain
    assert "First version" not in plain


def test_a_model_writes_the_prd_with_what_its_author_knows(api: Api, model: Scripted) -> None:
    model.answers = [{"pieces": [{"text": "# Tutor board\n\nDone."}]}]
    body = {"product_name": "Tutor board", "product_description": "d", "key_features": ["x9"]}
    assert api.post(f"{PATH}/prd", body)["prd_content"] == "# Tutor board\n\nDone."
    assert "1. x9" in model.asked()


def test_a_micro_tool_is_a_page_that_stands_alone(api: Api) -> None:
    body = {
        "tool_name": "Readiness <check>",
        "tool_description": "Is a district ready?",
        "target_audience": ["superintendents"],
        "features": ['Budget & "plan"', "Rooms"],
        "output_format": "html",
    }
    made = api.post(f"{PATH}/micro-tool", body)
    code = made["html_code"]
    assert code.startswith("<!doctype html>")
    assert "<title>Readiness &lt;check&gt;</title>" in code
    assert '<label for="r0">Budget &amp; &quot;plan&quot;</label>' in code
    assert code.count('type="number"') == 2
    assert "http" not in code
    assert ".html" in made["deployment_instructions"]
    assert "Is a district ready?" in made["pieces"][0]["text"]
    assert api.post(f"{PATH}/micro-tool", {"topic": "a calculator"})["html_code"] is None


def test_a_models_page_must_load_nothing(api: Api, model: Scripted) -> None:
    bad = "<html><script src='https://cdn.example/x.js'></script></html>"
    good = "<html><svg xmlns='http://www.w3.org/2000/svg'></svg></html>"
    description = {"pieces": [{"text": "A tool."}]}
    model.answers = [description, {"html_code": bad}, {"html_code": good}]
    made = api.post(f"{PATH}/micro-tool", {"tool_name": "T", "tool_description": "d", "output_format": "html"})
    assert made["html_code"] == good


def test_a_research_brief_lists_what_it_rests_on(api: Api) -> None:
    for title, text in (("Board | A", "Tutoring boards list places."), ("Board B", "Tutoring boards cost 9 dollars.")):
        api.post("/api/vault", {"title": title, "summary": text, "category": "c"})
    body = {"topic": "tutoring boards", "num_results": 5, "include_comparison": True, "output_format": "markdown"}
    made = api.post(f"{PATH}/research", body)
    assert "Tutoring boards list places." in made["research_content"]
    assert {tool["name"] for tool in made["tools_found"]} == {"Board | A", "Board B"}
    table = made["comparison_table"].split("\n")
    assert (len(table), any("Board \\| A" in row for row in table)) == (4, True)
    assert len(made["sources"]) == 2
    one = api.post(f"{PATH}/research", body | {"num_results": 1, "include_comparison": False})
    assert (len(one["tools_found"]), one["comparison_table"]) == (1, None)
