"""A line to a server, which a test can cut or have fall silent: a proxy of TCP connections on loopback."""

import socket
import socketserver
import threading
from contextlib import suppress

from infra.local.serving import Serving

_CHUNK = 65_536


class Line(Serving, socketserver.ThreadingTCPServer):
    """Passes bytes on to `target` (host:port). While it is cut, connections break and new ones are closed at once.

    A connection that fell silent stays open, and none of its bytes arrive any more.
    """

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, target: str) -> None:
        host, _, port = target.rpartition(":")
        self._target = (host, int(port))
        self._whole = True
        self._ends: set[socket.socket] = set()
        self._silent: set[socket.socket] = set()
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

    def silence(self) -> int:
        """Have all that is connected now fall silent for good; new connections pass. Returns how many there were."""
        with self._lock:
            fresh = self._ends - self._silent
            self._silent |= fresh
        return len(fresh) // 2

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
            back = threading.Thread(target=self._pass_on, args=(far, near), daemon=True)
            back.start()
            self._pass_on(near, far)
            back.join()
            with self._lock:
                self._ends -= {near, far}
                self._silent -= {near, far}

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while chunk := source.recv(_CHUNK):
                if source not in self._silent:
                    sink.sendall(chunk)
        _hang_up(source)
        _hang_up(sink)


def _hang_up(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
