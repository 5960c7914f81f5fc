"""Each function's bundle, staged and served as it is deployed, refuses strangers and answers a call of its kind."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from functions.manifest import FUNCTIONS
from functions.spec import FunctionSpec, Http, Topic
from infra import bundle
from infra.local import calls
from infra.local.cloud import LocalCloud
from infra.local.plain import Owner
from shared import settings
from shared.automations.authoring import service as authoring
from shared.automations.authoring.validation import AutomationInput
from shared.domains.contacts import unsubscribe
from shared.gcp import firestore
from shared.kit.ids import new_id
from shared.providers.web import signing
from shared.settings import Settings
from tests.automations.played import notify
from tests.fixtures.correspondence import SECRET as MAIL_SECRET
from tests.fixtures.google import callers_claims, key_server, key_set, signed, users_claims
from tests.fixtures.production import ENVIRONMENT
from tests.fixtures.waiting import eventually
from tests.infra.staged import Staged, install, requirement_sets

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]  # the first run on a machine fetches the packages
SETS = requirement_sets()
UNSUBSCRIBE_TOKEN = "token-of-a-link-that-a-message-had"
MAIL = b"From: ann@acme.io\nSubject: Re: Hello\n\nThursday suits me.\n"
AT_ONCE = 2
Call = tuple[str, str, dict[str, Any]]  # method, path, and what else httpx sends
# A call that succeeds, where GET of the function's root does not.
REQUESTS: dict[str, Call] = {
    "account": ("POST", "/api/account/export", {}),
    "playbook": ("GET", "/api/playbook/summary", {}),
    "unsubscribe": ("GET", f"/api/unsubscribe/{UNSUBSCRIBE_TOKEN}", {}),
    "contacts": ("GET", "/api/contacts/policy", {}),
    "content": ("POST", "/api/content/generate", {"json": {"kind": "email", "topic": "cold chains"}}),
    "analytics": ("GET", "/api/analytics/summary", {}),
    "hooks": ("POST", "", {"json": {"company": "Acme"}}),
    "chat": ("POST", "/api/chat", {"json": {"query": "What do cold chains cost?"}}),
    "knowledge": ("POST", "/api/knowledge/query", {"json": {"query": "What do cold chains cost?"}}),
    "realtime": ("GET", "/api/realtime/poll", {}),
    "realtime_tickets": ("POST", "/api/realtime/tickets", {}),
}
# What GET of those functions' roots is answered: no such path, or no such method.
ROOTS = dict.fromkeys(
    ("analytics", "playbook", "unsubscribe", "contacts", "content", "hooks", "mail_hooks", "realtime"), 404
)
ROOTS |= dict.fromkeys(("account", "chat", "knowledge", "realtime_tickets"), 405)
PUBLIC = {"health", "ready", "openapi", "docs", "unsubscribe", "hooks", "mail_hooks", "realtime_script"}
FROM_THE_STORE = {"ready", "unsubscribe", "hooks", "mail_hooks"}  # what these answer to everybody
SUCCESSES = {"account": 202, "hooks": 202, "mail_hooks": 202, "realtime_tickets": 201}  # of others 200


@dataclass(frozen=True)
class World:
    """What the functions of one project are served with, and what a call of them needs."""

    cloud: LocalCloud
    project: str
    env: dict[str, str]
    hook: str

    def call(self, spec: FunctionSpec) -> Call:
        """A call of the function's kind, without who calls."""
        if spec.name == "mail_hooks":
            headers = {"Content-Type": "message/rfc822", **signing.signed(MAIL_SECRET, new_id(), MAIL)}
            return "POST", "/api/hooks/mail/raw", {"content": MAIL, "headers": headers}
        if isinstance(spec.trigger, Http):
            method, path, more = REQUESTS.get(spec.name, ("GET", spec.trigger.path, {}))
            return method, path or self.hook, more
        headers, content = calls.of(spec)
        return "POST", "/", {"headers": headers, "content": content}

    def token(self, spec: FunctionSpec) -> str:
        """An operator's token for what clients call; else one of the platform, for this function."""
        if isinstance(spec.trigger, Http):
            return signed(users_claims(self.project, operator=True))
        url = f"{ENVIRONMENT['FUNCTIONS_URL']}/{spec.deployed_name}"
        return signed(callers_claims(url, ENVIRONMENT["CALLER_SERVICE_ACCOUNT"]))


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where requirements are installed, a set after the other."""
    return tmp_path_factory.mktemp("environment")


@pytest.fixture
def world(cloud: LocalCloud, project: str, local_settings: Settings) -> Iterator[World]:
    """A project of the emulators with its topics, a link to unsubscribe, and an automation with an address."""
    replaced = settings.use(local_settings.model_copy(update={"signing_key": ENVIRONMENT["SIGNING_KEY"]}))
    with Owner(cloud.emulators.pubsub_host) as owner:
        for trigger in (spec.trigger for spec in FUNCTIONS if isinstance(spec.trigger, Topic)):
            owner.call("PUT", f"/v1/projects/{project}/topics/{trigger.topic}", {})
    firestore.client().commit(unsubscribe.to_offer(UNSUBSCRIBE_TOKEN, "ann", "bob@example.com", "p1"))
    form = AutomationInput.model_validate({"name": "Form", "trigger": "webhook", "steps": [notify("told")]})
    automation = authoring.create("ann", form)
    authoring.activate("ann", automation.id)
    with key_server(key_set()) as url:
        keys = {"TOKEN_KEYS_URL": url, "CALLER_KEYS_URL": url, "MAIL_HOOK_SECRET": MAIL_SECRET}
        env = {"GOOGLE_CLOUD_PROJECT": project, **keys}
        yield World(cloud, project, env, automation.trigger_config["url"])
    settings.use(replaced)


def _send(function: Staged, call: Call, token: str | None = None) -> httpx.Response:
    method, path, more = call
    headers = {**more.get("headers", {}), **({"Authorization": f"Bearer {token}"} if token else {})}
    return function.http.request(method, path, **{**more, "headers": headers})


def _tried(spec: FunctionSpec, folder: Path, python: Path, world: World) -> dict[str, Any]:
    """Stage and serve a function: what it cannot import, what it answers strangers and its caller, and what it logs."""
    call, token = world.call(spec), world.token(spec)
    with Staged(spec, bundle.stage(spec, folder), python, world.cloud, world.env) as function:
        tried = {
            "imports": function.import_problems,
            "stranger": _send(function, call).status_code,
            "caller": _send(function, call, token).status_code,
        }
        stranger, caller = eventually(lambda: _both_calls(function, spec.name))
        if spec.name in ROOTS and isinstance(spec.trigger, Http):
            tried["root"] = _send(function, ("GET", spec.trigger.path, {}), token).status_code
    return tried | {"store asked for strangers": stranger["cost"]["rpcs"] > 0, "outcome": caller["outcome"]}


def _both_calls(function: Staged, name: str) -> list[dict[str, Any]]:
    """The lines of both calls, once the second is written: a stream's comes when the server has seen its end."""
    lines = [line for line in function.lines(function=name) if "kind" in line]
    assert len(lines) == 2
    return lines


def _expected(spec: FunctionSpec) -> dict[str, Any]:
    success = SUCCESSES.get(spec.name, 200)
    refused = 401 if isinstance(spec.trigger, Http) else 403
    expected = {
        "imports": [],
        "stranger": success if spec.name in PUBLIC else refused,
        "caller": success,
        "store asked for strangers": spec.name in FROM_THE_STORE,
        "outcome": "done",
    }
    return expected | ({"root": ROOTS[spec.name]} if spec.name in ROOTS else {})


@pytest.mark.parametrize("lines", SETS, ids=lambda lines: SETS[lines][0].name)
def test_each_bundle_is_served_with_its_own_requirements(
    lines: tuple[str, ...], tmp_path: Path, environment: Path, world: World
) -> None:
    specs = SETS[lines]
    python = install(lines, environment)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        tried = list(pool.map(lambda spec: _tried(spec, tmp_path, python, world), specs))
    named = [spec.name for spec in specs]
    assert dict(zip(named, tried, strict=True)) == dict(zip(named, map(_expected, specs), strict=True))


def test_what_a_bundle_or_its_requirements_lack_is_seen(tmp_path: Path, environment: Path, world: World) -> None:
    lines, [spec, *_] = next((lines, specs) for lines, specs in SETS.items() if specs[0].name == "health")
    python = install([line for line in lines if not line.startswith("httpx==")], environment)
    staged = bundle.stage(spec, tmp_path)
    (staged / "shared/telemetry/spans.py").unlink()
    with Staged(spec, staged, python, world.cloud, world.env) as function:
        problems = function.import_problems
    assert {text.partition(": ")[2] for text in problems} == {
        """ModuleNotFoundError("No module named 'httpx'")""",
        """ModuleNotFoundError("No module named 'shared.telemetry.spans'")""",
    }
    (staged / "shared/errors.py").unlink()
    with pytest.raises(AssertionError, match=r"No module named 'shared\.errors'"):
        Staged(spec, staged, python, world.cloud, world.env).__enter__()
