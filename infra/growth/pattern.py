"""The measured pattern: what one operation reads and writes, and which documents it shares with others.

`tests/infra/test_growth.py` measures it on the emulator and keeps it in `pattern.json`.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = Path(__file__).with_name("pattern.json")


@dataclass(frozen=True)
class Shared:
    """Documents that many operations write: `writes` of one operation, spread over so many `documents`.

    `scope`: each user has them, or all users together.
    """

    name: str
    scope: str
    documents: int
    writes: float


@dataclass(frozen=True)
class Index:
    """An index of all users on a time: `entries` that one operation writes in it, at one of its `ends`."""

    name: str
    ends: int
    entries: float


@dataclass(frozen=True)
class Operation:
    """What one operation takes, its events and messages included. `calls` of functions, `bytes` that it stores for
    longer than a day; `announced` of its writes are entries of the user's stream."""

    name: str
    calls: float
    round_trips: float
    reads: float
    commits: float
    writes: float
    announced: float
    bytes: float
    index_entries: float
    shared: tuple[Shared, ...]
    indexes: tuple[Index, ...]


def save(operations: list[Operation]) -> None:
    FILE.write_text(json.dumps([asdict(operation) for operation in operations], indent=1) + "\n")


def load() -> dict[str, Operation]:
    """The measured operations, by name."""
    return {
        each["name"]: Operation(
            **{
                **each,
                "shared": tuple(Shared(**part) for part in each["shared"]),
                "indexes": tuple(Index(**part) for part in each["indexes"]),
            }
        )
        for each in json.loads(FILE.read_text())
    }
