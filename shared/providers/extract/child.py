"""The process that reads documents for another: `python -m shared.providers.extract.child`, over stdin and stdout.

A request is a line of JSON (kind, size, content_type, url, cpu_seconds, memory) and then so many bytes; the answer is a
line of JSON. The system limits time and memory, so that a parser that never comes back is ended, wherever it is.
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
    """Answers requests until stdin ends."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a parser prints is no answer
    for _ in range(_DOCUMENTS):
        line = requests.readline()
        if not line:
            return
        asked = json.loads(line)
        answer = _answer(asked, requests.read(asked["size"]))
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()
        if "exceeded" in answer:  # the memory that it has taken is not given back
            return


def _answer(asked: dict[str, Any], content: bytes) -> dict[str, Any]:
    """`content`, or why there is none: `refused` is a sentence for the document's sender, `damaged` one for the log."""
    try:
        _limit(resource.RLIMIT_AS, _mapped() + asked["memory"])
        _limit(resource.RLIMIT_CPU, int(sum(os.times()[:2])) + asked["cpu_seconds"])
        return {"content": asdict(extractors.read(asked["kind"], content, asked["content_type"], asked["url"]))}
    except AppError as error:
        return {"refused": error.detail}
    except MemoryError:
        return {"exceeded": _TOO_MUCH}
    except Exception as error:  # a parser that meets a damaged or hostile file may raise anything
        return {"damaged": repr(error)[:500]}


def _limit(kind: int, most: int) -> None:
    """The soft limit only, which is set anew for each document."""
    with suppress(ValueError, OSError):  # a system that does not limit this
        resource.setrlimit(kind, (most, resource.getrlimit(kind)[1]))


def _mapped() -> int:
    """The bytes of address space that this process has."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except OSError:
        return 2**31


if __name__ == "__main__":
    main()
