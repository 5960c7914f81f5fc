"""What the transforms of a commit have produced."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shared.gcp.values import decode
from shared.gcp.writes import Write


class Counted(Mapping[str, list[Any]]):
    """By document path, the values that a commit's transforms produced, in their order; decoded when asked for, as most
    are those of counts that nobody asks for."""

    def __init__(self, changes: Sequence[Write], results: Sequence[Any]) -> None:
        pairs = zip(changes, results, strict=True)
        self._results = {change.path: result for change, result in pairs if result.transform_results}

    def __getitem__(self, path: str) -> list[Any]:
        return [decode(value) for value in self._results[path].transform_results]

    def __iter__(self) -> Iterator[str]:
        return iter(self._results)

    def __len__(self) -> int:
        return len(self._results)
