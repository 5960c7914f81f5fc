"""What holds for every HTTP function: spellings, CORS, errors, limits."""

import pytest

from infra.local import plain
from tests.fixtures.api import Api
from tests.fixtures.served import Served

ORIGIN = "http://localhost:3000"


def test_both_spellings_answer_without_a_redirect(api: Api) -> None:
    for path in ("/api/prospects", "/api/prospects/", "/api/calendar/", "/api/notifications"):
        assert api.http.get(path).status_code == 200


def test_where_nobody_signs_in_a_user_id_says_nothing(served: Served) -> None:
    assert plain.get(f"{served.url}/api/health", params={"user_id": "dev-user"}).status_code == 200


def test_a_preflight_is_answered_without_a_token(served: Served) -> None:
    headers = {"Origin": ORIGIN, "Access-Control-Request-Method": "PATCH"}
    answer = plain.request("OPTIONS", f"{served.url}/api/prospects/x", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        assert method in answer.headers["access-control-allow-methods"]
    allowed = answer.headers["access-control-allow-headers"]
    for header in ("content-type", "authorization", "idempotency-key", "if-match", "last-event-id"):
        assert header in allowed


def test_only_configured_origins_are_allowed_also_on_errors(served: Served) -> None:
    url = f"{served.url}/api/prospects/missing"
    assert plain.get(url, headers={"Origin": ORIGIN}).headers["access-control-allow-origin"] == ORIGIN
    assert "access-control-allow-origin" not in plain.get(url, headers={"Origin": "https://evil.example"}).headers


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "words"),
    [
        ("GET", "/api/prospects/missing", None, 404, "no prospect"),
        ("GET", "/api/nothing", None, 404, "nothing"),
        ("GET", "/nothing", None, 404, "nothing"),
        ("DELETE", "/api/prospects", None, 405, "GET or POST"),
        ("GET", "/api/prospects/import", None, 405, "Use POST"),
        ("DELETE", "/api/personas/default/", None, 405, "Use GET"),
        ("POST", "/api/prospects", b"{", 400, "not valid JSON"),
        ("POST", "/api/prospects", b'{"name": NaN}', 400, "not valid JSON"),
        ("POST", "/api/prospects", b'{"name": "\\ud800"}', 400, "not valid JSON"),
        ("POST", "/api/prospects", b"[]", 422, "JSON object"),
        ("POST", "/api/prospects", b"{}", 422, "name: is required"),
        ("POST", "/api/prospects", b'{"name":"x","nmae":"y"}', 422, "nmae: unknown field"),
        ("POST", "/api/prospects", b'{"name":"x","status":"odd"}', 422, "'contacted'"),
        ("POST", "/api/prospects", b'{"name":"x","email":"no"}', 422, "email"),
        ("GET", "/api/prospects?limit=0", None, 422, "limit"),
        ("GET", "/api/prospects?limit=501", None, 422, "500"),
        ("GET", "/api/prospects?status=odd", None, 422, "'new'"),
        ("GET", "/api/prospects?colour=red", None, 422, "colour"),
        ("GET", "/api/prospects?cursor=nonsense", None, 400, "cursor"),
        ("POST", "/api/prospects", b'{"name":"' + b"x" * (2 * 2**20) + b'"}', 413, "2 MiB"),
    ],
)
def test_errors_are_problem_documents(
    api: Api, method: str, path: str, body: bytes | None, status: int, words: str
) -> None:
    answer = api.http.request(method, path, content=body, headers={"Content-Type": "application/json"})
    problem = answer.json()
    assert answer.status_code == problem["status"] == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["success"] is False
    assert isinstance(problem["detail"], str)
    assert words in problem["detail"]
    assert problem["type"].startswith("urn:problem:")
    if status == 422 and body != b"[]":
        assert problem.get("errors") or "?" in path


def test_validation_errors_name_each_field(api: Api) -> None:
    answer = api.http.post("/api/prospects", json={"email": "no", "status": "odd"}).json()
    assert {error["field"] for error in answer["errors"]} == {"name", "email", "status"}


def test_empty_and_undefined_parameters_mean_not_given(api: Api) -> None:
    api.get("/api/prospects", status="", limit="undefined", cursor="")


def test_an_empty_body_is_an_empty_object(api: Api) -> None:
    id = api.automation("manual", "send_notification", active=False)
    answer = api.http.post(f"/api/automations/{id}/activate", headers={"Content-Type": "application/json"})
    assert answer.status_code == 200


def test_answers_are_compact_and_the_entitys_id_comes_first(api: Api) -> None:
    text = api.http.post("/api/prospects", json={"name": "Ann"}).text
    assert '"success":true' in text
    assert text.index('"id":"') < text.index('"prospect_id":"')


def test_a_request_id_is_given_back(api: Api) -> None:
    def answered(given: str) -> str:
        return str(api.http.get("/api/health", headers={"X-Request-Id": given}).headers["x-request-id"])

    assert answered("my-request-1") == "my-request-1"
    assert len(answered("<script>")) == 20


def test_times_are_utc_with_z(api: Api) -> None:
    assert api.post("/api/prospects", {"name": "Ann"})["prospect"]["created_at"].endswith("Z")


@pytest.mark.parametrize(
    "origin",
    [
        "http://localhost:5173",
        "https://localhost",
        "http://app.localhost:81",
        "http://127.0.0.1:49152",
        "http://[::1]:3",
    ],
)
def test_the_local_stack_allows_any_port_of_the_own_machine(served: Served, origin: str) -> None:
    url = f"{served.url}/api/templates"
    asked = plain.request("OPTIONS", url, headers={"Origin": origin, "Access-Control-Request-Method": "POST"})
    assert asked.headers["access-control-allow-origin"] == origin
    for header in ("x-request-id", "traceparent"):
        assert header in asked.headers["access-control-allow-headers"]
    answer = plain.get(url, headers={"Origin": origin})
    assert answer.headers["access-control-allow-origin"] == origin
    assert "content-disposition" in answer.headers["access-control-expose-headers"]
    assert plain.post(url, headers={"Origin": origin}, json={}).status_code == 422


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://localhost.evil.example",
        "http://evil.example:8080",
        "http://127.0.0.1.evil.example",
        "http://evil-localhost",
        "http://localhost@evil.example",
        "http://127.0.0.2",
        "null",
        "http://[::1",
        "ftp://localhost",
    ],
)
def test_a_foreign_page_cannot_write_as_the_development_user(served: Served, api: Api, origin: str) -> None:
    url, data = f"{served.url}/api/prospects", {"name": "Planted"}
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        refused = plain.request(method, url, headers={"Origin": origin}, json=data)
        assert refused.status_code in (403, 405)
        assert "access-control-allow-origin" not in refused.headers
    assert plain.post(url, headers={"Origin": origin}, json=data).json()["type"] == "urn:problem:forbidden"
    simple = {"Origin": origin, "Content-Type": "text/plain"}
    assert plain.post(url, headers=simple, content=b'{"name":"Planted"}').status_code == 403
    assert plain.get(url, headers={"Origin": origin}).status_code == 200
    assert api.http.post("/api/prospects", headers={"Origin": origin}, json={"name": "By token"}).status_code == 201


def test_without_a_token_a_user_id_is_a_label(served: Served) -> None:
    for label in ("default-user", "test-user-1764", "dev-user"):
        answer = plain.get(f"{served.url}/api/templates", params={"user_id": label})
        assert answer.status_code == 200
        made = plain.post(
            f"{served.url}/api/templates",
            json={"name": "T", "category": "email", "content": "Hello", "user_id": label},
        )
        assert made.json()["template"]["user_id"] == "dev-user"


def test_with_a_token_a_different_user_id_is_refused(api: Api) -> None:
    assert api.http.get("/api/templates", params={"user_id": "somebody-else"}).status_code == 403
    assert api.http.post("/api/templates", json={"user_id": "somebody-else"}).status_code == 403


def test_health_answers_without_the_prefix_too(served: Served) -> None:
    for path in ("/health", "/health/", "/api/health"):
        assert plain.get(f"{served.url}{path}").json() == {"success": True, "status": "ok"}
    assert plain.get(f"{served.url}/healthy").status_code == 404


@pytest.mark.parametrize("noun", ["automations", "templates", "vault"])
def test_patch_changes_what_put_changes(api: Api, noun: str) -> None:
    bodies = {
        "automations": {"name": "A", "trigger": "manual", "actions": ["send_notification"]},
        "templates": {"name": "T", "category": "email", "content": "Hello"},
        "vault": {"title": "V", "summary": "S", "category": "market_trends"},
    }
    single = {"automations": "automation", "templates": "template", "vault": "item"}[noun]
    id = api.post(f"/api/{noun}", bodies[noun])[single]["id"]
    field = "title" if noun == "vault" else "name"
    answer = api.http.patch(f"/api/{noun}/{id}", json={field: "Changed"})
    assert answer.status_code == 200
    assert answer.json()[single][field] == "Changed"


def _form(*parts: bytes) -> tuple[bytes, dict[str, str]]:
    body = b"".join(b"--x\r\n" + part + b"\r\n" for part in parts) + b"--x--\r\n"
    return body, {"Content-Type": "multipart/form-data; boundary=x"}


def _field(name: bytes, value: bytes) -> bytes:
    return b'Content-Disposition: form-data; name="' + name + b'"\r\n\r\n' + value


@pytest.mark.parametrize("path", ["/api/prospects/import", "/api/files"])
@pytest.mark.parametrize(
    "parts",
    [
        [_field(b"f%d" % n, b"x") for n in range(5_000)],
        [_field(b"big", b"x" * 3_000_000)],
        [b'Content-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n' + b"x" * (21 * 2**20)],
        [b'Content-Disposition: form-data; name="file"; filename="a.csv"\r\nX: ' + b"y" * 3_000_000 + b"\r\n\r\nname"],
    ],
    ids=["parts", "field", "file", "header"],
)
def test_a_form_that_is_a_bomb_is_413(api: Api, path: str, parts: list[bytes]) -> None:
    body, headers = _form(*parts)
    for sent in (body, iter([body])):  # with its length, and in chunks
        answer = api.http.post(path, content=sent, headers=headers)
        assert (answer.status_code, answer.json()["status"]) == (413, 413), answer.text


@pytest.mark.parametrize("boundary", ["", "; boundary=", "; boundary=other"])
def test_a_form_that_cannot_be_read_is_a_clear_error(api: Api, boundary: str) -> None:
    body, _ = _form(_field(b"file", b"name"))
    answer = api.http.post(
        "/api/prospects/import", content=body, headers={"Content-Type": "multipart/form-data" + boundary}
    )
    assert answer.status_code in (400, 422), answer.text
    assert answer.json()["detail"]
