"""The two emulators of the local stack, as processes."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from infra.local.emulators import Emulators
from infra.local.process import LocalError, free_port


class _AnotherStack(BaseHTTPRequestHandler):
    """What answers at a port that was free a moment ago."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.parametrize("place", [0, 1], ids=["firestore", "pubsub"])
def test_an_emulator_whose_port_another_process_took_has_not_started(tmp_path: Path, place: int) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _AnotherStack) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        ports = (server.server_port, 0) if place == 0 else (0, server.server_port)
        emulators = Emulators(
            logs=tmp_path, functions_port=free_port(), seed=None, on_death=lambda child: None, ports=ports
        )
        try:
            with pytest.raises(LocalError, match="did not start"):
                emulators.wait()
        finally:
            emulators.stop()
            server.shutdown()
