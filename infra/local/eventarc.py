"""The event gateway: takes document events off the emulator at once and delivers them like Eventarc.

The emulator sends one event at a time, never again, and none while its receiver is down
(shared/notes: performance §2). In production events come concurrently, unordered and at least once.
"""

from base64 import b64decode

from aiohttp import web

from functions.spec import DocumentWritten, FunctionSpec
from infra.local.courier import Courier, Parcel
from infra.local.emulators import tell

_EVENT_TYPE = "google.cloud.firestore.document.v1.written"


class EventGateway:
    """Receives for any number of projects; each is routed to where its functions are served."""

    def __init__(self, courier: Courier, port: int) -> None:
        self._courier = courier
        self._port = port
        self._routes: dict[str, tuple[str, str]] = {}

    def start(self) -> None:
        self._courier.submit(self._open()).result()

    def stop(self) -> None:
        self._courier.submit(self._runner.cleanup()).result()

    def route(self, project: str, url: str, secret: str) -> None:
        """Deliver the project's events below `url`."""
        self._routes[project] = (url, secret)

    def unroute(self, project: str) -> None:
        """Drop the project's events: nobody serves them any more."""
        url, _ = self._routes.pop(project, ("", ""))
        if url:
            self._courier.forget(url)

    async def _open(self) -> None:
        app = web.Application(client_max_size=4 * 2**20)
        app.router.add_post("/functions/projects/{project}/triggers/{function}", self._receive)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()

    async def _receive(self, request: web.Request) -> web.Response:
        """Take an event: the emulator's body is the base64 text of what Eventarc sends raw."""
        body = b64decode(await request.read())
        route = self._routes.get(request.match_info["project"])
        if route:
            url, secret = route
            headers = {name: value for name, value in request.headers.items() if name.lower().startswith("ce-")}
            headers |= {"Content-Type": "application/protobuf", "x-caller-secret": secret}
            target = f"{url}/{request.match_info['function']}/"
            self._courier.send(Parcel(headers["ce-id"], target, headers, body, durable=True))
        return web.Response(status=204)


def register(firestore_host: str, project: str, spec: FunctionSpec) -> None:
    """Have the emulator send the writes that the function's trigger names."""
    assert isinstance(spec.trigger, DocumentWritten)  # noqa: S101
    body = {
        "eventType": _EVENT_TYPE,
        "database": "(default)",
        "namespace": "(default)",
        "document": {"value": spec.trigger.document, "matchType": "PATH_PATTERN"},
    }
    tell(firestore_host, f"projects/{project}/eventarcTrigger?eventarcTriggerId={spec.name}", body)
