"""Describes the realtime function's operations over HTTP; what has no router cannot be read from one."""

from typing import Any

from infra.openapi.headers import RATES, named
from shared.realtime.channels import ALL

TAG = "realtime"
_CHANNELS = (
    f"What is wanted, separated by commas: {', '.join(ALL)}, and `documents:COLLECTION/ID` for the changes of one "
    "document. Default: all but documents."
)
_CURSOR = (
    "Where the client is: the `cursor` of the last message that it has. What has come since is sent first; a cursor "
    "that cannot be followed brings a message of type `reset`, which says what to read anew. Left out, it begins now."
)
_TICKET = "A ticket of `POST /api/realtime/tickets`, in place of the ID token. It is used up."
_MESSAGE = {
    "type": "object",
    "description": "One message. The fields of each type are in `/api/realtime/realtime.d.ts`.",
    "required": ["type", "id", "cursor", "timestamp"],
    "properties": {
        "type": {
            "type": "string",
            "description": "`activity`, `notification`, `notification_update`, `task_update`, `batch_update`,"
            " `document`, or `reset`.",
        },
        "id": {"type": "string", "description": "The same each time that this message is sent."},
        "cursor": {"type": "string", "description": "The place behind this message."},
        "timestamp": {"type": "string", "format": "date-time", "description": "When it was committed, in UTC."},
    },
}
_POLLED = {
    "type": "object",
    "required": ["success", "messages", "cursor"],
    "properties": {
        "success": {"const": True, "description": "Always true."},
        "messages": {"type": "array", "items": _MESSAGE, "description": "In the order of their commits."},
        "cursor": {"type": "string", "description": "Where to go on from."},
    },
}
_STREAM = """A user's messages as they come, as server-sent events: `id` is the cursor, `event` the type, `data` a line
of JSON. The first event is of type `connection`. A comment each 25 seconds shows that the stream lives. Before it ends,
at latest after half an hour, an event `reconnect` says why, and in how many milliseconds to come back. `Last-Event-ID`
wins over `cursor`.

The same messages come over a WebSocket at `/api/ws`, with these parameters, each a JSON text with its `cursor`. A
client may send `ping`, `subscribe` and `authenticate` there. In a browser, `/api/realtime/realtime.js` does it all."""
_POLL = """The messages behind a cursor, once there are any, or after `wait` seconds none; without a cursor, at once the
one to begin from. For clients that can hold no stream."""
_REFUSALS = {
    "400": "BadRequest",
    "401": "Unauthenticated",
    "403": "Forbidden",
    "410": "Gone",
    "422": "Invalid",
    "429": "TooManyRequests",
    "503": "Unavailable",
}

_EVENT = {  # of the stream, each of which is as this says
    "type": "object",
    "properties": {
        "id": {"type": "string", "description": "The cursor behind the message."},
        "event": {"type": "string", "description": "The message's type."},
        "data": {"type": "string", "contentMediaType": "application/json", "description": "The message, as JSON."},
        "retry": {"type": "integer", "description": "Milliseconds after which to come back."},
    },
}


def paths() -> dict[str, Any]:
    """The Path Item Objects, by path."""
    wait = {"anyOf": [{"type": "number", "minimum": 0, "maximum": 50}, {"type": "string", "const": ""}]}
    described = "For how many seconds it waits for a message. 0 to 50. Default: 25."
    events = {"text/event-stream": {"schema": _EVENT}}
    poll = {"application/json": {"schema": _POLLED}}
    return {
        "/api/realtime/stream": {"get": _operation("stream", _STREAM, events)},
        "/api/realtime/poll": {"get": _operation("poll", _POLL, poll, _parameter("wait", described, wait))},
    }


def _operation(name: str, text: str, content: dict[str, Any], *parameters: dict[str, Any]) -> dict[str, Any]:
    own = [
        _parameter("channels", _CHANNELS),
        _parameter("cursor", _CURSOR),
        _parameter("ticket", _TICKET),
        *parameters,
    ]
    refusals = {status: {"$ref": f"#/components/responses/{refusal}"} for status, refusal in _REFUSALS.items()}
    done = {"description": "Done.", "headers": named("X-Request-Id") | RATES, "content": content}
    return {
        "operationId": f"realtime_{name}",
        "tags": [TAG],
        "summary": f"{name.capitalize()} messages",
        "description": text,
        "parameters": own,
        "responses": {"200": done, **refusals},
    }


def _parameter(name: str, text: str, schema: dict[str, Any] | None = None) -> dict[str, Any]:
    schema = schema or {"type": "string"}
    return {"name": name, "in": "query", "required": False, "description": text, "schema": schema}
