"""Runs the commands of a deployment, asks its probes and talks to whoever deploys. It decides nothing."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from typing import Protocol
from urllib.error import HTTPError

from infra.bundle import ROOT
from infra.deploy.commands import Answer, Call, Command
from infra.deploy.smoke import Response

_AT_ONCE = 8  # commands on services: each takes about ten seconds, and Google bounds the rate
_PROBE_SECONDS = 60.0  # the first request of a revision starts an instance
_MISSING = 127


class Executor(Protocol):
    """What a deployment needs of the world."""

    def run(self, step: Command | Call) -> Answer: ...

    def run_all(self, steps: Sequence[Command | Call]) -> list[Answer]: ...

    def ask(self, url: str) -> Response: ...

    def say(self, text: str) -> None: ...

    def agree(self, question: str) -> bool: ...

    def sleep(self, seconds: float) -> None: ...


class Terminal:
    """The real one: processes, HTTP and a terminal."""

    def __init__(self, *, agreed: bool = False, pause: Callable[[float], None] = time.sleep) -> None:
        self._agreed = agreed
        self._pause = pause

    def run(self, step: Command | Call) -> Answer:
        """Answers a missing program with exit code 127. A program under way is let end in good order on Ctrl-C."""
        return self._call(step) if isinstance(step, Call) else _run(step)

    def run_all(self, steps: Sequence[Command | Call]) -> list[Answer]:
        """Several at once; the answers are in the steps' order."""
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return list(pool.map(self.run, steps))

    def _call(self, step: Call) -> Answer:
        token = _run(Command(("gcloud", "auth", "print-access-token", "--quiet")))
        if not token.ok:
            return token
        headers = {"Authorization": f"Bearer {token.out.strip()}", "Content-Type": "application/json"}
        response = _fetch(urllib.request.Request(step.url, step.body.encode(), headers, method=step.method))  # noqa: S310
        return Answer(0 if 200 <= response.status < 300 else 1, response.body, _message(response))

    def ask(self, url: str) -> Response:
        """GET without a token. A redirection counts as its target's answer."""
        return _fetch(urllib.request.Request(url))  # noqa: S310

    def say(self, text: str) -> None:
        print(text, flush=True)

    def agree(self, question: str) -> bool:
        """Asks on a terminal; elsewhere nobody agrees who has not agreed beforehand."""
        if self._agreed:
            return True
        if not sys.stdin.isatty():
            return False
        return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")

    def sleep(self, seconds: float) -> None:
        self._pause(seconds)


def _run(step: Command) -> Answer:
    program = shutil.which(step.argv[0])
    if program is None:
        return Answer(_MISSING, "", f"{step.argv[0]} is not there")
    pipe = None if step.shown else subprocess.PIPE
    process = subprocess.Popen(
        [program, *step.argv[1:]],
        stdin=subprocess.PIPE if step.stdin is not None else subprocess.DEVNULL,
        stdout=pipe,
        stderr=pipe,
        text=True,
        cwd=ROOT,
        env=dict(step.environment) or None,
        start_new_session=True,  # Ctrl-C reaches us alone: Terraform, which had it twice, would drop its state
    )
    try:
        out, err = process.communicate(step.stdin)
    except KeyboardInterrupt:
        os.kill(process.pid, signal.SIGINT)
        process.communicate()
        raise
    return Answer(process.returncode, out or "", err or "")


def _fetch(request: urllib.request.Request) -> Response:
    try:
        with urllib.request.urlopen(request, timeout=_PROBE_SECONDS) as response:  # noqa: S310
            return Response(response.status, response.read().decode(errors="replace"))
    except HTTPError as error:
        with error:
            return Response(error.code, error.read().decode(errors="replace"))
    except (OSError, HTTPException) as error:
        return Response(0, str(error) or type(error).__name__)


def _message(response: Response) -> str:
    """What an API says of a failure, in its own sentence."""
    try:
        return str(json.loads(response.body)["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return response.body[:200]
