"""Child processes that cannot outlive us."""

import ctypes
import os
import random
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

_PORTS = range(15000, 32000)
_given: set[int] = set()  # by this process: whoever was given one may not have bound it yet
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if os.uname().sysname == "Linux" else None


# "The parent" is the thread that forks, not the process: so one thread forks, and it stays.
_spawner = ThreadPoolExecutor(max_workers=1, thread_name_prefix="spawner")


class LocalError(Exception):
    """The local stack cannot start or go on; the text says what to do."""


def die_with_parent() -> None:
    """In a child: be killed when the parent dies, however it dies (Linux)."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def end_with_parent() -> None:
    """Stop in good order when whoever started us dies (Linux)."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class Child:
    """A process in its own group, its output in a file, watched by a thread."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        pass_fds: Sequence[int] = (),
        on_death: Callable[["Child"], None],
    ) -> None:
        self.name = name
        self.log = log
        self._on_death = on_death
        self._stopping = False
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            self._log_start = output.tell()  # a process started again writes behind its predecessor
            self._process: subprocess.Popen[bytes] = _spawner.submit(
                subprocess.Popen,
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(env or {})},
                pass_fds=pass_fds,
                start_new_session=True,
                preexec_fn=die_with_parent,
            ).result()
        self._watcher = threading.Thread(target=self._watch, name=f"watch-{name}", daemon=True)
        self._watcher.start()

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    @property
    def number(self) -> int:
        """The process's number."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        return self._process.returncode

    def kill(self) -> None:
        """As a machine dies: no warning. Its death is reported like any other."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def stop(self, *, grace: float = 10.0) -> None:
        """Ask it to end, then make it."""
        self._stopping = True
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(grace)
        except subprocess.TimeoutExpired:
            self.kill()
            self._process.wait()
        self.kill()  # whatever it started
        self._watcher.join()

    def tail(self, lines: int = 5) -> str:
        """The last lines of its output, for an error message."""
        return "\n".join(self._output().splitlines()[-lines:])

    def has_printed(self, words: str) -> bool:
        return words in self._output()

    def _output(self) -> str:
        return self.log.read_bytes()[self._log_start :].decode(errors="replace")

    def _watch(self) -> None:
        self._process.wait()
        if not self._stopping:
            self._on_death(self)


def listening_socket(port: int) -> socket.socket:
    """A socket on loopback, listening already; port 0 takes a free one. Raises LocalError if it is taken."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Of those too that connect before the server has set it: else each answer waits 40 ms for its headers' receipt.
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        sock.bind(("127.0.0.1", port))
    except OSError as error:
        sock.close()
        raise LocalError(
            f"Port {port} is in use. Stop what uses it, or choose another: PORT={port + 1} make dev. Two at once need "
            f"a folder each: DEV_FOLDER=.local/dev-{port + 1} PORT={port + 1} make dev"
        ) from error
    sock.listen(2048)
    return sock


def free_port() -> int:
    """A port on loopback that nothing uses, below those that the system gives to outgoing connections.

    The system's own choice may be a connection's local port a moment later, before a child process has bound it.
    """
    for port in random.SystemRandom().sample(_PORTS, k=100):  # whoever seeds `random` does so in every process
        if port not in _given and is_free(port):
            _given.add(port)
            return port
    raise LocalError(f"Of 100 ports between {_PORTS.start} and {_PORTS.stop} none is free.")


def is_free(port: int) -> bool:
    try:
        listening_socket(port).close()
    except LocalError:
        return False
    return True
