"""A line to a server, which a test can cut: a proxy of TCP connections on loopback."""

import socket
import socketserver
import threading
from contextlib import suppress

from infra.local.serving import Serving

_CHUNK = 65_536


class Line(Serving, socketserver.ThreadingTCPServer):
    """Passes bytes on to `target` (host:port). While it is cut, connections break and new ones are closed at once."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, target: str) -> None:
        host, _, port = target.rpartition(":")
        self._target = (host, int(port))
        self._whole = True
        self._ends: set[socket.socket] = set()
        self._lock = threading.Lock()
        line = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                line.carry(self.request)

        super().__init__(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.server_address[1]}"

    def __exit__(self, *exc: object) -> None:
        self.cut()
        super().__exit__(*exc)

    def cut(self) -> None:
        """Break what is connected; bytes that have passed already may still have their effect."""
        with self._lock:
            self._whole = False
            for end in self._ends:
                _hang_up(end)

    def mend(self) -> None:
        """Let connections pass again."""
        with self._lock:
            self._whole = True

    def carry(self, near: socket.socket) -> None:
        """Pass on both directions of a connection until one of its ends hangs up."""
        with suppress(OSError), socket.create_connection(self._target, timeout=10) as far:
            far.settimeout(None)
            with self._lock:
                if not self._whole:
                    return
                self._ends |= {near, far}
            back = threading.Thread(target=_pass_on, args=(far, near), daemon=True)
            back.start()
            _pass_on(near, far)
            back.join()
            with self._lock:
                self._ends -= {near, far}


def _pass_on(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while chunk := source.recv(_CHUNK):
            sink.sendall(chunk)
    _hang_up(source)
    _hang_up(sink)


def _hang_up(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
