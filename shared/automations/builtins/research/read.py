"""Read: the text of each result, where the engine has not brought it along. A page that cannot be read is named."""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any
from urllib.parse import urlsplit

from shared.automations.actions.base import Done, StepContext
from shared.automations.builtins.research.stage import NoConfig, finish, stage, task_of
from shared.domains.research import pages
from shared.domains.research.models import ResearchTask
from shared.errors import AppError, ProviderError, Unavailable
from shared.kit import clock
from shared.providers import search
from shared.providers.web.base import Page

MAX_PAGES = 12
_MAX_CHARS = 40_000
_AT_ONCE = 4
Outcome = Page | AppError


def run(context: StepContext, config: NoConfig) -> Done:
    task = task_of(context)
    found = context.output("search")
    hits = found["hits"][:MAX_PAGES]
    outcomes = _read_all(hits, _reader(task))
    read = [page for page in outcomes if isinstance(page, Page) and page.text.strip()]
    failures = [outcome for outcome in outcomes if isinstance(outcome, AppError)]
    notes = list(dict.fromkeys(f"Not read: {failure.detail}" for failure in failures))
    if not read:
        _refuse(failures)
    message = f"{len(read)} of {len(hits)} pages were read."
    return finish(context, task, message, {"pages": [pages.packed(page, _MAX_CHARS) for page in read]}, *notes)


def _reader(task: ResearchTask) -> Callable[[str], Page]:
    """Firecrawl reads for a task that names it; else the page is fetched and its text taken out here."""
    if task.research_engine == "firecrawl":
        from shared.providers.search.firecrawl import Firecrawl

        search.engine("firecrawl")
        return Firecrawl().scrape
    return pages.read


def _read_all(hits: list[dict[str, Any]], read: Callable[[str], Page]) -> list[Outcome]:
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="read") as pool:
        reading = [pool.submit(copy_context().run, _outcome, hit, read) for hit in hits]
        return [one.result() for one in reading]


def _outcome(hit: dict[str, Any], read: Callable[[str], Page]) -> Outcome:
    if hit.get("text"):
        return _page(hit, hit["text"])
    try:
        return read(hit["url"])
    except AppError as error:
        return _page(hit, hit["snippet"]) if hit.get("snippet") else error


def _page(hit: dict[str, Any], text: str) -> Page:
    """What the engine itself says of the page."""
    return Page(
        url=hit["url"],
        title=hit["title"],
        text=text,
        retrieved_at=clock.now(),
        content_hash=hashlib.sha256(text.encode()).hexdigest(),
        site=urlsplit(hit["url"]).hostname or "",
        published=hit.get("published"),
    )


def _refuse(failures: list[AppError]) -> None:
    """Raises Unavailable if a later attempt may read a page, else ProviderError."""
    reasons = " ".join(dict.fromkeys(failure.detail for failure in failures)) or "The pages have no text."
    passing = [failure for failure in failures if failure.retriable]
    if passing:
        after = max((failure.retry_after or 0 for failure in passing), default=0)
        raise Unavailable(f"No page could be read. {reasons}"[:2_000], retry_after=after or None)
    raise ProviderError(f"No page could be read. {reasons}"[:2_000])


STAGE = stage("read", run)
