"""Creates tasks in the Firebase CLI's emulator, which speaks HTTP and calls the queue's own function, at once.

A task that comes before its time is refused by our functions, and tried again later. Protocol: firebase-tools,
src/emulator/tasksEmulator.ts
"""

import json
import urllib.request
from base64 import b64encode
from collections.abc import Mapping
from http.client import HTTPException
from urllib.error import HTTPError

from shared.errors import Unavailable


def create(host: str, queue: str, *, name: str, body: bytes, headers: Mapping[str, str], seconds: float) -> None:
    """Enqueue a call with `body`, which must be JSON; does nothing if the name is taken.

    `queue` is its full name. Raises Unavailable.
    """
    call = {"url": "", "headers": dict(headers), "body": b64encode(body).decode()}
    task = {"task": {"name": f"{queue}/tasks/{name}", "httpRequest": call}}
    request = urllib.request.Request(
        f"http://{host}/{queue}/tasks", json.dumps(task).encode(), {"Content-Type": "application/json"}
    )
    try:
        urllib.request.urlopen(request, timeout=seconds).close()  # noqa: S310
    except HTTPError as error:
        error.close()
        if error.code != 409:
            raise Unavailable(f"The emulator of Cloud Tasks refuses {queue}; is its function loaded?") from error
    except (OSError, HTTPException) as error:
        raise Unavailable("The emulator of Cloud Tasks did not answer; try again.") from error
