"""The child process that parses documents: `python -m shared.providers.extract.child`, over stdin and stdout.

A request is a line of JSON (kind, size, content_type, url, cpu_seconds, memory) and then so many bytes; the answer is a
line of JSON. The operating system limits CPU time and memory, so that it ends a parser that hangs.
"""

import json
import os
import resource
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from shared.errors import AppError
from shared.providers.extract import extractors

_DOCUMENTS = 200  # then a fresh process takes over: parsers leak
_TOO_MUCH = "needs more memory than is given to one document"


def main() -> None:
    """Answer requests until stdin ends."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # so that what a parser prints is not taken for an answer
    for _ in range(_DOCUMENTS):
        line = requests.readline()
        if not line:
            return
        request = json.loads(line)
        answer = _answer(request, requests.read(request["size"]))
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()
        if "exceeded" in answer:  # Python does not return its memory
            return


def _answer(request: dict[str, Any], content: bytes) -> dict[str, Any]:
    """The answer: `content`, or `refused` with a sentence for the sender, or `damaged` with one for the log."""
    try:
        _limit(resource.RLIMIT_AS, _mapped() + request["memory"])
        _limit(resource.RLIMIT_CPU, int(sum(os.times()[:2])) + request["cpu_seconds"])
        return {"content": asdict(extractors.read(request["kind"], content, request["content_type"], request["url"]))}
    except AppError as error:
        return {"refused": error.detail}
    except MemoryError:
        return {"exceeded": _TOO_MUCH}
    except Exception as error:  # a parser that meets a damaged or hostile file may raise anything
        return {"damaged": repr(error)[:500]}


def _limit(kind: int, most: int) -> None:
    """Set the soft limit, anew for each document."""
    with suppress(ValueError, OSError):  # a system that does not limit this
        resource.setrlimit(kind, (most, resource.getrlimit(kind)[1]))


def _mapped() -> int:
    """The size of this process's address space, in bytes."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except OSError:
        return 2**31


if __name__ == "__main__":
    main()
