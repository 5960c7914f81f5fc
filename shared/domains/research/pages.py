"""Pages that research reads: fetched through the guarded door, their text taken out, and kept between stages."""

import re
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from shared.domains.research.models import InsightSource
from shared.errors import Invalid, ProviderError
from shared.kit import clock
from shared.providers.web.base import Page

_EXCERPT = 300
_HEADING = re.compile(r"^#+\s+", re.MULTILINE)


def read(url: str) -> Page:
    """The page at an address, if its site lets robots read it. Raises Invalid, ProviderError, TooManyRequests or
    Unavailable."""
    import hashlib

    from shared.providers.extract import extract
    from shared.providers.web import fetch, robots

    robots.check(url)
    found = fetch.fetch(url)
    try:
        document = extract(found.content, found.content_type, None, found.url)
    except Invalid as error:
        raise ProviderError(f"{url}: {error.detail}") from error
    return Page(
        url=found.url,
        title=document.title,
        text=document.text,
        retrieved_at=clock.now(),
        content_hash=hashlib.sha256(document.text.encode()).hexdigest(),
        site=document.site or urlsplit(found.url).hostname or "",
        published=document.published,
    )


def packed(page: Page, limit: int) -> dict[str, Any]:
    """As a step keeps it; what is too long is cut."""
    cut = replace(page, text=page.text[:limit])
    return {**asdict(cut), "retrieved_at": page.retrieved_at.isoformat()}


def unpacked(fields: Mapping[str, Any]) -> Page:
    return Page(**{**fields, "retrieved_at": datetime.fromisoformat(fields["retrieved_at"])})


def source(fields: Mapping[str, Any]) -> InsightSource:
    """What an insight says of a page that was read."""
    named = {name: fields[name] for name in ("url", "title", "site", "published", "content_hash")}
    excerpt = " ".join(_HEADING.sub("", fields["text"]).split())[:_EXCERPT]
    return InsightSource(**named, retrieved_at=datetime.fromisoformat(fields["retrieved_at"]), excerpt=excerpt)
