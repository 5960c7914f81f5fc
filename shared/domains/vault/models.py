"""What a vault item is, and what may be sent about one."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints, computed_field

from shared.kit.schema import (
    Entity,
    Input,
    Instant,
    LongText,
    Metadata,
    MetadataList,
    Name,
    Part,
    Tag,
    Tags,
    TimeZone,
    Trimmed,
    Update,
)
from shared.kit.whitespace import VISIBLE, comma_separated

LinkKind = Literal["outreach", "content"]
LINK_FIELDS: dict[LinkKind, str] = {"outreach": "linked_outreach_ids", "content": "linked_content_ids"}
MAX_LINKS = 200  # of each kind, so that the document stays below its size limit
MAX_HIGHLIGHTS, MAX_SOURCES = 20, 100
_UNSEEN = ("vector", "vector_model", "file_id", "file_packs")  # stored, not answered

Highlights = Annotated[
    list[Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=VISIBLE), Trimmed]],
    Field(max_length=MAX_HIGHLIGHTS),
]


def _tag_list(text: str) -> str:
    """A comma list, within what one query can ask for."""
    if not 1 <= len(split_tags(text)) <= 30:
        raise ValueError("give 1 to 30 tags, separated by commas")
    return text


def split_tags(text: str) -> list[str]:
    return list(dict.fromkeys(comma_separated(text)))


TagList = Annotated[str, StringConstraints(max_length=2_000), AfterValidator(_tag_list)]
Id = Annotated[str, StringConstraints(min_length=1, max_length=128)]


class VaultInput(Input):
    title: Name
    summary: LongText
    category: Tag
    tags: Tags = []
    highlights: Highlights | None = None
    sources: MetadataList = []
    metadata: Metadata = {}


class VaultUpdate(Update):
    title: Name | None = None
    summary: LongText | None = None
    category: Tag | None = None
    tags: Tags | None = None
    highlights: Highlights | None = None
    sources: MetadataList | None = None
    metadata: Metadata | None = None


class Suggestions(Part):
    """What the item is good for, said in the user's next steps."""

    outreach: list[str] = []
    content: list[str] = []
    follow_ups: list[str] = []


class VaultItem(Entity):
    title: str
    summary: str
    category: str
    tags: list[str] = []
    highlights: list[str] = []
    sources: list[dict[str, Any]] = []
    linked_outreach_ids: list[str] = []
    linked_content_ids: list[str] = []
    metadata: dict[str, Any] = {}
    vector: bytes | None = Field(None, exclude=True)  # what it means, for `meaning` alone
    vector_model: str | None = Field(None, exclude=True)
    file_id: str | None = Field(None, exclude=True)  # the file whose gist it is
    file_packs: int = Field(0, exclude=True)  # how many documents hold that file's passages

    def stored(self) -> dict[str, Any]:
        return super().stored() | {name: getattr(self, name) for name in _UNSEEN}

    def links(self, kind: LinkKind) -> list[str]:
        """The ids of the messages, or of the templates, that were made of it."""
        return self.linked_outreach_ids if kind == "outreach" else self.linked_content_ids

    @computed_field  # type: ignore[prop-decorator]
    @property
    def topic(self) -> str:
        return self.title

    @computed_field  # type: ignore[prop-decorator]
    @property
    def suggestions(self) -> Suggestions:
        """Made of the item's own words alone."""
        named = [str(source.get("title") or source.get("url") or "") for source in self.sources]
        return Suggestions(
            outreach=[f"Open a message with: {point}" for point in self.highlights[:2]],
            content=[f"Write a post on {self.title}", *(f"Build a post around: {p}" for p in self.highlights[:1])],
            follow_ups=[f"Follow up with the source {name[:200]}" for name in named[:2] if name],
        )


class VaultQuery(Input):
    category: Tag | None = None
    tags: TagList | None = None
    search: Name | None = None
    since: Instant | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    cursor: str | None = None


class OutreachLink(Input):
    outreach_id: Id | None = None


class ContentLink(Input):
    content_id: Id | None = None


class TrendQuery(Input):
    days: Annotated[int, Field(ge=7, le=365)] = 30
    timezone: TimeZone = "UTC"


class KnownTopic(Part):
    """A topic of at least two items, as it was named when it came to be."""

    id: str
    label: str
    members: list[str]


class TopicMap(Entity):
    """Which items are together: one document for each user, made anew from the items where it is missing."""

    topics: list[KnownTopic] = []
