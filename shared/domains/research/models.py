"""What a research task is, what it found, and what may be sent about one."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from shared.kit.schema import Entity, Input, Name, Part, Trimmed, Update
from shared.kit.whitespace import VISIBLE

SourceType = Literal["keywords", "urls", "profile"]
ResearchEngine = Literal["perplexity", "firecrawl", "google_search", "vault"]
Section = Literal["summary", "key_findings", "pain_points", "opportunities", "suggested_outreach", "content_angles"]
TaskStatus = Literal["queued", "running", "done", "failed"]
TaskPriority = Literal["high", "medium", "low"]
Stage = Literal["plan", "search", "read", "synthesise", "verify", "store"]
ReportFormat = Literal["pdf", "docx", "md", "html", "json"]
Source = Annotated[str, StringConstraints(min_length=1, max_length=10_000, pattern=VISIBLE), Trimmed]


class TaskInput(Input):
    title: Name
    input_source: Source
    source_type: SourceType
    research_engine: ResearchEngine
    priority: TaskPriority = "medium"
    allow_fallback: bool = False  # where the engine cannot answer, one that needs no key may; the result says so


class TaskUpdate(Update):
    title: Name | None = None
    input_source: Source | None = None
    source_type: SourceType | None = None
    research_engine: ResearchEngine | None = None
    priority: TaskPriority | None = None
    allow_fallback: bool | None = None


class DownloadInput(Input):
    format: ReportFormat = "pdf"


class ResearchTask(Entity):
    title: str
    input_source: str
    source_type: SourceType
    research_engine: ResearchEngine
    status: TaskStatus = "queued"
    priority: TaskPriority = "medium"
    allow_fallback: bool = False
    progress: int = 0  # per cent
    stage: Stage | None = None  # what is being done, while it runs
    notes: list[str] = []  # what went otherwise than asked for
    runs: int = 0  # how often it was started: a run's end is taken only for the run it belongs to
    started_at: datetime | None = None
    completed_at: datetime | None = None
    error: str | None = None
    outputs_available: bool = False
    result_id: str | None = None
    vault_id: str | None = None


class InsightSource(Part):
    """Something that was read. `url` is `vault:<id>` for the user's own; `content_hash` is SHA-256 of its text."""

    url: str
    title: str | None = None
    site: str | None = None
    retrieved_at: datetime | None = None
    published: str | None = None
    excerpt: str = ""
    content_hash: str | None = None


class Statement(Part):
    """One sentence of an insight, and what it rests on.

    `sources` are indices into the insight's sources. `evidence` is what the first of them says, word for word, from
    character `place` of its text on; where none bears the statement, it is marked as not `supported`, and the facts
    that nothing bears out are its `unsupported_words`. `wording` is `source` where the quote took the place of a
    statement that said more, or other, than the quote. `checked_by` says who found that the quote bears it: rules that
    compare the two, or a language model that was shown both.
    """

    section: Section
    text: str
    sources: list[int] = []
    evidence: str = ""
    supported: bool = True
    place: int | None = None
    wording: Literal["own", "source"] = "own"
    checked_by: Literal["rules", "model"] | None = None
    unsupported_words: list[str] = []


class Contradiction(Part):
    """What two sources say of the same thing, and cannot both be right about: each with its source's index."""

    texts: list[str]
    sources: list[int]


class Insight(Entity):
    """What one run of a task found. The lists of strings are the statements' texts, by section."""

    task_id: str
    summary: str
    pain_points: list[str] = []
    opportunities: list[str] = []
    suggested_outreach: list[str] = []
    content_angles: list[str] = []
    key_findings: list[str] = []
    statements: list[Statement] = []
    contradictions: list[Contradiction] = []
    sources: list[InsightSource] = []
    engine: str = ""  # who did the research
    generator: str = ""  # who wrote the statements
    notes: list[str] = []  # what the reader should know, such as a fallback that was taken
    metadata: dict[str, Any] = {}


class TaskQuery(Input):
    status: TaskStatus | None = None
    priority: TaskPriority | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    cursor: str | None = None
