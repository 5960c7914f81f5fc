"""Names the kinds of documents that are searched, and makes index entries of a stored document's fields.

A new kind is a line here and a line in `INDEXED` (shared/gcp/announcements.py). Stored fields are taken as they lie in
the store, by whatever version of the code they were written: a value of another shape counts as missing.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import islice
from typing import Any

from shared.kit import links, ranking
from shared.kit.text import shortened
from shared.search.entries import Entry, Key

PASSAGE = 2_400  # characters of a part: shorter ones rank worse by words, and cost more
MOST_PARTS = 5_000  # of one document: 6 million characters
_OF_COMPANION = 10_000  # parts at most: a companion has 200,000 bytes
_TITLE = 120
_UNDATED = datetime(1970, 1, 1, tzinfo=UTC)
Data = Mapping[str, Any]


@dataclass(frozen=True)
class Kind:
    """One kind of document: a collection below a user, or a library that all users share.

    `texts` maps fields of the stored document to fields of the index, `passages` names those whose text is divided into
    parts. `status` gives the state by which a search filters, made of `status_field`; `link` the page that shows the
    document. Documents of a kind with a `retention` are removed by the store's TTL, which announces nothing.
    """

    name: str
    title: str
    texts: Mapping[str, str]
    passages: tuple[str, ...] = ()
    tags: str | None = None
    status: Callable[[Data], Any] = lambda data: data.get("status")
    status_field: str | None = None
    at: str = "created_at"
    link: Callable[[str, Data], str | None] = lambda id, data: None
    pieces: str | None = None  # the field that counts the documents below it that hold passages
    retention: timedelta | None = None
    shared: bool = False  # not stored below users

    @property
    def fields(self) -> frozenset[str]:
        """The stored fields that the index holds something of."""
        named = (self.title, *self.texts, *self.passages, self.tags, self.status_field, self.at, self.pieces)
        return frozenset(name for name in named if name) | ({"texts"} if self.pieces else frozenset())

    def key(self, id: str) -> Key:
        """The key of a document of this kind."""
        return Key(self.name, id)

    def title_of(self, data: Data) -> str:
        """What a hit is called."""
        return shortened(_text(data.get(self.title)), _TITLE)

    def companions(self, path: str, data: Data) -> list[str]:
        """The paths of the documents below it that hold its passages."""
        count = data.get(self.pieces) if self.pieces else None
        return [f"{path}/chunks/{number}" for number in range(count if isinstance(count, int) else 0)]

    def companion(self, path: str, part: int) -> str:
        """The path of the companion that holds a part."""
        return f"{path}/chunks/{part // _OF_COMPANION}"

    def place(self, part: int) -> int:
        """Where in its companion a part is."""
        return part % _OF_COMPANION

    def placed(self, companion: Data | None, part: int) -> list[Data | None]:
        """The companion that holds a part, in its place among companions that were not read."""
        return [*[None] * (part // _OF_COMPANION), companion]


def _page(collection: str, parent: str | None = None) -> Callable[[str, Data], str | None]:
    """The page of the document itself, or of the one that its field `parent` names."""

    def link(id: str, data: Data) -> str | None:
        shown = data.get(parent) if parent else id
        return links.page_of(collection, shown) if isinstance(shown, str) and shown else None

    return link


def _message(id: str, data: Data) -> str | None:
    prospect = data.get("prospect_id")
    return links.page_of_message(prospect, id) if isinstance(prospect, str) else None


def _own_link(id: str, data: Data) -> str | None:
    own = data.get("link")
    return own if isinstance(own, str) and own else None


_ALL = (
    Kind(
        "prospects",
        "name",
        {
            "name": "name",
            "company": "company",
            "job_title": "role",
            "email": "email",
            "phone": "email",
            "website": "url",
            "linkedin": "url",
            "tags": "tags",
            "summary": "summary",
            "pain_points": "body",
        },
        tags="tags",
        status_field="status",
        link=_page("prospects"),
    ),
    Kind(
        "research_tasks",
        "title",
        {"title": "title", "input_source": "body"},
        status_field="status",
        link=_page("research_tasks"),
    ),
    Kind(
        "insights",
        "summary",
        {},
        ("summary", "key_findings", "pain_points", "opportunities", "suggested_outreach", "content_angles"),
        link=_page("research_tasks", "task_id"),
    ),
    Kind(
        "vault",
        "title",
        {"title": "title", "category": "category", "tags": "tags", "highlights": "body"},
        ("summary",),
        tags="tags",
        link=_page("vault"),
    ),
    Kind(
        "files",
        "title",
        {"title": "title", "name": "name", "kind": "category", "site": "url"},
        link=_page("vault", "vault_id"),
        pieces="pack_count",
    ),
    Kind(
        "templates",
        "name",
        {"name": "title", "category": "category", "tags": "tags", "description": "summary", "content": "body"},
        tags="tags",
        link=_page("templates"),
    ),
    Kind(
        "playbooks",
        "name",
        {"name": "title", "category": "category", "tags": "tags", "description": "summary", "prompts": "body"},
        tags="tags",
        link=_page("playbooks"),
        shared=True,
    ),
    Kind(
        "playbook_runs",
        "playbook_name",
        {"playbook_name": "title", "input": "summary", "output": "body"},
        link=_page("playbooks", "playbook_id"),
    ),
    Kind(
        "outreach",
        "subject",
        {"subject": "title", "prospect_name": "person", "company": "company", "body": "body", "reply": "body"},
        status_field="status",
        link=_message,
    ),
    Kind(
        "activity",
        "title",
        {"title": "title", "type": "category", "message": "body"},
        status_field="status",
        at="timestamp",
        link=_own_link,
        retention=timedelta(days=180),
    ),
    Kind(
        "automations",
        "name",
        {"name": "title", "trigger": "category", "description": "summary"},
        status_field="status",
        link=_page("automations"),
    ),
    Kind(
        "personas",
        "name",
        {
            "name": "title",
            "outreach_tone": "category",
            "industry_focus": "tags",
            "use_cases": "tags",
            "writing_style": "body",
            "user_positioning": "body",
            "brand_voice": "body",
        },
        tags="industry_focus",
        link=_page("personas"),
    ),
    Kind(
        "calendar_events",
        "prospect_name",
        {"prospect_name": "person", "company": "company", "type": "category", "notes": "body"},
        status=lambda data: "completed" if data.get("completed") is True else "pending",
        status_field="completed",
        at="scheduled_date",
        link=_page("calendar_events"),
    ),
    Kind(
        "system_logs",
        "message",
        {"message": "title", "category": "category", "explanation": "body"},
        status=lambda data: data.get("level"),
        status_field="level",
        at="timestamp",
        link=_page("system_logs"),
        retention=timedelta(days=90),
    ),
)
KINDS: Mapping[str, Kind] = {kind.name: kind for kind in _ALL}
STORED = tuple(kind for kind in _ALL if not kind.shared)


def entries_of(kind: Kind, id: str, data: Data, companions: Sequence[Data | None] = ()) -> list[Entry]:
    """The entries of a stored document, one for each passage; `companions` are the documents that hold its passages."""
    data = {name: data[name] for name in kind.fields & data.keys()}  # whatever else was read
    long = "\n".join(text for name in kind.passages for text in _texts(data.get(name)))
    by_field: dict[str, list[str]] = {}
    for stored, name in kind.texts.items():  # what a passage quotes is not counted twice
        by_field.setdefault(name, []).extend(
            text for text in _texts(data.get(stored)) if name != "body" or text not in long
        )
    whole = [(name, "\n".join(texts)) for name, texts in by_field.items() if texts]
    repeated = [(name, text) for name, text in whole if name in ("title", "name")][:1]
    status = kind.status(data)
    entry = partial(
        Entry,
        kind.key(id),
        tags=tuple(_texts(data.get(kind.tags))) if kind.tags else (),
        status=status if isinstance(status, str) else "",
        at=_time(data.get(kind.at)) or _UNDATED,
    )
    passages = dict(islice(_passages(long, companions), MOST_PARTS))
    first = [("body", passages.pop(0))] if 0 in passages else []
    return [
        entry(part=0, texts=_joined([*whole, *first])),
        *(entry(part=part, texts=(*repeated, ("body", text))) for part, text in passages.items()),
    ]


def _passages(long: str, companions: Sequence[Data | None]) -> Iterator[tuple[int, str]]:
    """The passages with their parts' numbers, which tell the companion that holds each."""
    yield from enumerate(ranking.chunks(long, PASSAGE))
    for number, companion in enumerate(companions):
        passages = _texts((companion or {}).get("texts"))[:_OF_COMPANION]
        yield from enumerate(passages, start=number * _OF_COMPANION)


def _joined(texts: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Each field once."""
    whole: dict[str, str] = {}
    for name, text in texts:
        whole[name] = f"{whole[name]}\n{text}" if name in whole else text
    return tuple(whole.items())


def _texts(value: Any) -> list[str]:
    """The texts of a stored value: of a list, those of its items; of a map, those of its values."""
    if isinstance(value, str):
        return [value] if value else []
    if isinstance(value, Mapping):
        value = value.values()
    elif not isinstance(value, list | tuple):
        return []
    return [item for item in value if isinstance(item, str) and item]


def _text(value: Any) -> str:
    return " ".join(_texts(value))


def _time(value: Any) -> datetime | None:
    """A stored time, or the beginning of a stored day."""
    if isinstance(value, datetime):
        return value
    try:
        return datetime.combine(date.fromisoformat(value), time(), UTC) if isinstance(value, str) else None
    except ValueError:
        return None
