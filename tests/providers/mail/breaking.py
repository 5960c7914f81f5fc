"""A mail server that breaks off."""

import socketserver
import threading

from infra.local.serving import Serving


class Breaking(Serving, socketserver.ThreadingTCPServer):
    """Follows the protocol up to `at`; there it says `last`, if anything, and hangs up or falls silent."""

    daemon_threads = True
    dialogue = (("EHLO", "250 us"), ("MAIL", "250 ok"), ("RCPT", "250 ok"), ("DATA", "354 go on"), (".", "250 taken"))

    def __init__(self, at: str, last: str, *, silent: bool = False) -> None:
        self.messages = 0
        self.reached = False
        over = self.over = threading.Event()
        breaking = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                answers = dict(breaking.dialogue)
                if at == "220":
                    return self._break()
                self._say("220 ready")
                while line := self.rfile.readline():
                    word = line.split(b" ")[0].strip().decode().upper()
                    breaking.messages += word == "."
                    if word == at:
                        return self._break()
                    if word in answers:
                        self._say(answers[word])
                return None

            def _break(self) -> None:
                breaking.reached = True
                if last:
                    self._say(last)
                if silent:
                    over.wait(5)

            def _say(self, text: str) -> None:
                self.wfile.write(f"{text}\r\n".encode())

        super().__init__(("127.0.0.1", 0), Handler)

    def __exit__(self, *exc: object) -> None:
        self.over.set()
        super().__exit__(*exc)
