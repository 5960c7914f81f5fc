"""Read, the third stage: fetches the text of each search result, unless the engine has answered it; notes failed
pages."""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from urllib.parse import urlsplit

from shared.automations.actions.base import Done, StepContext
from shared.automations.builtins.research.stage import NoConfig, finish, give_up, stage, task_of
from shared.domains.research.models import ResearchTask
from shared.errors import AppError, NotYet, ProviderError, Unavailable
from shared.kit import clock
from shared.kit.fields import Fields
from shared.providers import search
from shared.providers.web.base import Page

MAX_PAGES = 12
_AT_ONCE = 4


@dataclass(frozen=True)
class Outcome:
    """The page of one search result, or why it could not be read; and a note for the reader of the insight."""

    page: Page | None = None
    error: AppError | None = None
    note: str | None = None


def run(context: StepContext, config: NoConfig) -> Done:
    """Reads the pages of a task's search results, at most twelve: one read, and a fetch for each. Raises NotYet,
    Unavailable."""
    from shared.domains.research import pages

    task = task_of(context)
    hits = context.output("search")["hits"][:MAX_PAGES]
    outcomes = _read_all(hits, task)
    failures = [outcome.error for outcome in outcomes if outcome.error]
    waits = [error for error in failures if isinstance(error, NotYet)]
    if waits:  # until the last provider's turn: pages that were read before are cached
        raise max(waits, key=lambda error: error.retry_after or 0)
    read = [
        (hit["url"], outcome.page)
        for hit, outcome in zip(hits, outcomes, strict=True)
        if outcome.page and outcome.page.text.strip()
    ]
    if not read:
        _refuse(failures)
    remarks = [f"Not read: {outcome.error.detail}" if outcome.error else outcome.note for outcome in outcomes]
    packed = pages.packed([page for _, page in read])
    remarks += [f"{page['url']}: {note}" for page in packed for note in page["notes"]]
    notes = dict.fromkeys(remark for remark in remarks if remark)
    message = f"{len(read)} of {len(hits)} pages were read."
    output = {"pages": packed, "asked": [url for url, _ in read]}
    return finish(context, task, message, output, *notes)


def _read_all(hits: list[Fields], task: ResearchTask) -> list[Outcome]:
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="read") as pool:
        reading = [pool.submit(copy_context().run, _outcome, hit, task) for hit in hits]
        return [outcome.result() for outcome in reading]


def _outcome(hit: Fields, task: ResearchTask) -> Outcome:
    if hit.get("text"):
        return Outcome(_page(hit, hit["text"]))
    try:
        return Outcome(_reader(task)(hit["url"]))
    except NotYet as error:
        return Outcome(error=error)
    except AppError as error:
        return _instead(hit, task, error)


def _reader(task: ResearchTask) -> Callable[[str], Page]:
    """The function that reads a page: Firecrawl's for a task that names it, else a direct fetch."""
    from shared.domains.research import pages

    if task.research_engine == "firecrawl":
        from shared.providers.search.firecrawl import Firecrawl

        search.engine("firecrawl")
        return lambda url: _own_text(Firecrawl().scrape(url))
    return pages.read


def _own_text(page: Page) -> Page:
    """The page. Raises ProviderError where its text stands in the place of another, such as a request to log in."""
    from shared.domains.research import obstacles

    obstacles.check(page.url, page.title, page.text)
    return page


def _instead(hit: Fields, task: ResearchTask, error: AppError) -> Outcome:
    """Falls back after a failed read: on a direct fetch if the task allows it, then on the snippet of the search
    result."""
    from shared.domains.research import pages

    if task.research_engine == "firecrawl" and task.allow_fallback:
        try:
            return Outcome(pages.read(hit["url"]), note=f"{error.detail} {hit['url']} was fetched directly instead.")
        except AppError as second:
            error = second
    if hit.get("snippet"):
        return Outcome(_page(hit, hit["snippet"]), note=f"Not read, but quoted as the search shows it: {error.detail}")
    return Outcome(error=error)


def _page(hit: Fields, text: str) -> Page:
    """Builds a page of the text that the search engine answered for it."""
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
    """Raises for a task without a readable page: Unavailable if a later attempt may read one, else ProviderError."""
    reasons = " ".join(dict.fromkeys(failure.detail for failure in failures)) or "The pages have no text."
    sentence = f"No page could be read. {reasons}"[:2_000]
    passing = [failure for failure in failures if failure.retriable]
    if not passing:
        raise ProviderError(sentence)
    after = max(failure.retry_after or 0 for failure in passing)
    give_up(Unavailable(sentence, retry_after=after or None))


STAGE = stage("read", run)
