"""A step that takes too long fails, as any other would, and leaves no call behind."""

import socketserver
import threading

from infra.local.serving import Serving
from shared import settings
from tests.fixtures.api import Api
from tests.fixtures.waiting import eventually
from tests.providers.fake import Provider, Reply


def test_a_slow_provider_is_not_waited_for(api: Api) -> None:
    with Provider(lambda n: Reply(seconds=1.5)) as provider:
        settings.use(settings.current().model_copy(update={"llm_api_key": "k", "llm_base_url": provider.url}))
        step = {"action": "generate_outreach", "timeout": 0.2, "retry": {"max_attempts": 1}}
        id = api.automation("new_prospect_added", step)
        api.post("/api/prospects", {"name": "Ann"})
        eventually(lambda: [run["status"] for run in api.executions(id)] == ["failed"])
    assert "within 0.2 seconds" in api.executions(id)[0]["error"]


def test_only_the_named_errors_are_tried_again(api: Api) -> None:
    with Provider(lambda n: Reply(503)) as provider:
        update = {"llm_api_key": "k", "llm_base_url": provider.url, "provider_attempts": 1}
        settings.use(settings.current().model_copy(update=update))
        step = {"action": "generate_outreach", "retry": {"only": ["too-many-requests"]}}
        id = api.automation("new_prospect_added", step)
        api.post("/api/prospects", {"name": "Ann"})
        eventually(lambda: [run["status"] for run in api.executions(id)] == ["failed"])
        assert len(provider.requests) == 1


class Silent(Serving, socketserver.ThreadingTCPServer):
    """Takes calls and never answers; knows how many are under way."""

    daemon_threads = True

    def __init__(self) -> None:
        self.calls, self.under_way = 0, set[object]()
        silent = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                silent.calls += 1
                silent.under_way.add(threading.get_ident())
                while self.rfile.read(1):
                    continue
                silent.under_way.discard(threading.get_ident())

        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}/"


def test_a_call_is_broken_off_when_its_step_has_no_more_time(api: Api) -> None:
    """Its place is free then: two calls would be under way at once, though one is allowed."""
    with Silent() as receiver:
        call = {"action": "call_webhook", "config": {"url": receiver.url, "timeout": 100}, "timeout": 0.5}
        id = api.automation("new_prospect_added", call, limits={"concurrency": 1})
        api.import_csv("name,email\nAnn,ann@x.io\nBob,bob@x.io\n")
        eventually(lambda: [(run["waiting_for"] or {}).get("kind") for run in api.executions(id)] == ["review"] * 2)
        assert receiver.calls == 2
        eventually(lambda: not receiver.under_way, patience=10)
