"""Pages that research reads: fetched through the guarded door, their text taken out, and kept between stages."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from shared.domains.research import obstacles, reading
from shared.domains.research.guard import gives_orders, visible
from shared.domains.research.models import InsightSource
from shared.errors import Invalid, ProviderError
from shared.kit import clock
from shared.kit.patterns import lazy_pattern
from shared.kit.sentences import sentences
from shared.providers.web.base import Page

_EXCERPT, _LEAD = 300, 3_000  # characters, and of how many of the text's beginning they are made
_MAX_BYTES = 1_500_000  # of all texts of a task, as JSON: a step may keep 2,000,000
_HEADING = lazy_pattern(r"^#+\s+", re.MULTILINE)


def read(url: str) -> Page:
    """The page at an address, if its site lets robots read it. Raises Invalid, ProviderError, TooManyRequests or
    Unavailable."""
    import hashlib

    from shared.providers.extract import extract
    from shared.providers.web import fetch, robots

    robots.check(url)
    fetched = fetch.fetch(url)
    try:
        document = extract(fetched.content, fetched.content_type, None, fetched.url)
    except Invalid as error:
        raise ProviderError(f"{url}: {error.detail}") from error
    markup = fetched.content.decode(errors="replace") if document.kind == "html" else ""
    obstacles.check(url, document.title, document.text, markup)
    return Page(
        url=fetched.url,
        title=document.title,
        text=document.text,
        retrieved_at=clock.now(),
        content_hash=hashlib.sha256(document.text.encode()).hexdigest(),
        site=document.site or urlsplit(fetched.url).hostname or "",
        published=document.published,
        notes=document.notes,
    )


def packed(pages: Sequence[Page]) -> list[dict[str, Any]]:
    """As a step keeps them: together within what a step may keep; what is cut is said in the page's notes."""
    texts = [page.text[: reading.MAX_CHARS] for page in pages]
    size = sum(len(json.dumps(text, ensure_ascii=False).encode()) for text in texts)
    share = min(1.0, _MAX_BYTES / size) if size else 1.0
    return [_packed(page, text[: int(len(text) * share)]) for page, text in zip(pages, texts, strict=True)]


def _packed(page: Page, text: str) -> dict[str, Any]:
    notes = list(page.notes)
    if len(text) < len(page.text):
        notes.append(f"Only the first {len(text):,} of {len(page.text):,} characters were read.")
    kept = replace(page, text=text, notes=tuple(notes))
    return {**asdict(kept), "retrieved_at": page.retrieved_at.isoformat()}


def unpacked(fields: Mapping[str, Any]) -> Page:
    restored = {**fields, "retrieved_at": datetime.fromisoformat(fields["retrieved_at"])}
    return Page(**{**restored, "notes": tuple(fields.get("notes", ()))})


def source(fields: Mapping[str, Any]) -> InsightSource:
    """What an insight says of a page that was read: nothing in it that gives orders to its reader."""
    named = {name: fields[name] for name in ("url", "published", "content_hash")}
    titles = [visible(fields[name]) for name in ("title", "site")]
    title, site = (None if gives_orders(text) else text for text in titles)
    return InsightSource(
        **named,
        title=title or site or urlsplit(fields["url"]).hostname or fields["url"],
        site=site,
        retrieved_at=datetime.fromisoformat(fields["retrieved_at"]),
        excerpt=_excerpt(fields["text"]),
    )


def _excerpt(text: str) -> str:
    """The beginning of a text, without the lines that have an order in them."""
    lines = _HEADING.sub("", visible(text[:_LEAD])).splitlines()
    harmless = (line for line in lines if not any(gives_orders(sentence) for sentence in sentences(line)))
    return " ".join(" ".join(harmless).split())[:_EXCERPT]
