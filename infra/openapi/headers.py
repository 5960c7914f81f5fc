"""The headers and parameters that many operations share, as components."""

from typing import Any

PARAMETERS: dict[str, Any] = {
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": "A key of your choice for this one request, such as a UUID: 1 to 255 printable characters. Sent "
        "again with the same body within 24 hours, the call answers as it did the first time (with "
        "`Idempotency-Replayed`) and has no further effect; with another body it is refused (422), and while the first "
        "is still under way it is 409.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
    },
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "required": False,
        "description": "The `ETag` of the entity as you have read it, or up to 50 of them, separated by commas. If the "
        "entity has none of them any more, nothing is changed and the answer is 412. `*` matches any; weak tags (`W/`) "
        "match nothing.",
        "schema": {"type": "string", "examples": ['"6421f5b9c8d40-5d1e02c49ab7"']},
    },
    "IfNoneMatch": {
        "name": "If-None-Match",
        "in": "header",
        "required": False,
        "description": "The `ETag` of the answer that you have, or several, separated by commas. While it still holds, "
        "the answer is 304 without a body. For a list that has changed within the last half minute it may be the list "
        "again. `*` matches any.",
        "schema": {"type": "string", "examples": ['W/"9f2c81d0a3b4"']},
    },
    "Cursor": {
        "name": "cursor",
        "in": "query",
        "required": False,
        "description": "Where the page begins: the `next_cursor` of the page before, as it came. It is good for the "
        "same list, filters and user alone (else 400). Left out, the list begins with its first row.",
        "schema": {"anyOf": [{"type": "string", "maxLength": 8000}, {"type": "string", "const": ""}]},
    },
}
HEADERS: dict[str, Any] = {
    "ETag": {
        "description": "Of an entity, its version: it changes with each write. Send it as `If-Match` to change this "
        "version and no later one. Of a list (`W/`), the state of all that it may show. Send either as "
        "`If-None-Match` with the same call, to get nothing but 304 while nothing has changed.",
        "schema": {"type": "string", "pattern": '^(W/"[0-9a-f]+"|"[0-9a-f]+-[0-9a-f]+")$'},
    },
    "XRequestId": {
        "required": True,
        "description": "The id of this request in our logs; the problem document has it as `request_id`. A request may "
        "bring its own as `X-Request-Id`, of 8 to 64 letters, digits and hyphens.",
        "schema": {"type": "string", "minLength": 8, "maxLength": 64},
    },
    "IdempotencyReplayed": {
        "description": "`true` where the answer is that of an earlier request with the same `Idempotency-Key`.",
        "schema": {"type": "string", "const": "true"},
    },
    "RetryAfter": {
        "description": "In how many whole seconds the same call may succeed.",
        "schema": {"type": "integer", "minimum": 1},
    },
    "RateLimit": {
        "description": "What is left of the limit that this request counts for: the policy's name, `r` requests at "
        "once, and all of them again in `t` seconds.",
        "schema": {"type": "string", "examples": ['"user";r=280;t=1']},
    },
    "RateLimitPolicy": {
        "description": "That limit: the policy's name, `q` requests in `w` seconds.",
        "schema": {"type": "string", "examples": ['"user";q=300;w=10']},
    },
    "XRateLimitLimit": {
        "description": "`q` of `RateLimit-Policy`, for clients that know the older headers.",
        "schema": {"type": "integer", "minimum": 1},
    },
    "XRateLimitRemaining": {
        "description": "`r` of `RateLimit`, for clients that know the older headers.",
        "schema": {"type": "integer", "minimum": 0},
    },
    "XRateLimitReset": {
        "description": "`t` of `RateLimit`: a number of seconds, not a time.",
        "schema": {"type": "integer", "minimum": 0},
    },
    "ContentDisposition": {
        "required": True,
        "description": "`attachment`, with the name to save the file under.",
        "schema": {"type": "string"},
    },
}


def parameter(name: str) -> dict[str, str]:
    """The reference to a parameter by its component's name."""
    return {"$ref": f"#/components/parameters/{name}"}


def header(name: str) -> dict[str, str]:
    """The reference to a header by its name, such as `X-Request-Id`."""
    return {"$ref": f"#/components/headers/{name.replace('-', '')}"}


def named(*names: str) -> dict[str, dict[str, str]]:
    """References to headers, by name."""
    return {name: header(name) for name in names}


# Of every answer of an operation that is limited.
RATES = named("RateLimit", "RateLimit-Policy", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
