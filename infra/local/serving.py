"""Small servers on loopback, for whatever stands for the outside."""

import socketserver
import threading
from typing import Any, Self

_POLL = 0.01  # seconds until it notices that its block is over


class Serving(socketserver.BaseServer):
    """To be mixed into a server: it is at work within its block, in a thread of its own."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that hangs up, or was killed, is part of the play."""

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": _POLL})
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()
