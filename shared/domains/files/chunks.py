"""A text in passages: whole sentences under the headings they stand under. Pure."""

from collections.abc import Iterator, Sequence

from shared.kit import ranking

CHUNK_CHARS = 1_200
_HEADING_CHARS = 150
_PACK_BYTES = 200_000


def of(text: str) -> list[str]:
    """The passages of an extracted text, none longer than `CHUNK_CHARS`.

    Each begins with the headings above it. Short sections share one, each under its own heading.
    """
    made: list[str] = []
    for path, body in _sections(text):
        above = _cut(" / ".join(path))
        for number, part in enumerate(ranking.chunks(body, CHUNK_CHARS - len(above) - 1)):
            joined = f"\n\n{path[-1]}\n{part}" if path else f"\n\n{part}"
            if made and number == 0 and len(made[-1]) + len(joined) <= CHUNK_CHARS:
                made[-1] += joined
            else:
                made.append(f"{above}\n{part}" if above else part)
    return made or ranking.chunks(text, CHUNK_CHARS)


def packs(chunks: Sequence[str]) -> list[list[str]]:
    """Several passages a document, each well below Firestore's limit of 1 MiB."""
    made: list[list[str]] = []
    room = 0
    for chunk in chunks:
        size = len(chunk.encode())
        if not made or size > room:
            made.append([])
            room = _PACK_BYTES
        made[-1].append(chunk)
        room -= size
    return made


def _sections(text: str) -> Iterator[tuple[list[str], str]]:
    """What stands between two headings, with the headings above it."""
    path: dict[int, str] = {}
    body: list[str] = []
    for line in text.split("\n"):
        level = len(line) - len(line.lstrip("#"))
        if not (1 <= level <= 6 and line[level : level + 1] == " "):
            body.append(line)
            continue
        if any(body):
            yield list(path.values()), "\n".join(body)
        path = {above: heading for above, heading in path.items() if above < level}
        path[level] = _cut(line[level:].strip())
        body = []
    if any(body):
        yield list(path.values()), "\n".join(body)


def _cut(heading: str) -> str:
    """Of a long path the end says most."""
    return heading[-_HEADING_CHARS:].strip()
