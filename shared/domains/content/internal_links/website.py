"""Crawls a website's articles: from a first page along its links, below one path."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urljoin, urlsplit

from shared.errors import AppError, Invalid, ProviderError
from shared.kit import clock

_MAX_SECONDS = 40.0  # for the whole site; the notes count the pages left unread
_WORKERS = 4
_MAX_CHARACTERS = 50_000  # of an article
_PAGE_TYPES = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True)
class Article:
    """A page of the website, with the addresses that the page links to."""

    url: str
    title: str
    text: str
    links: frozenset[str]


@dataclass
class Site:
    """The articles of a site; `notes` name the pages that could not be read, and why."""

    articles: list[Article] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_website(website: str, section: str, *, pages: int, depth: int) -> Site:
    """Reads the articles of a website, at most `pages`, at most `depth` links away from the first page.

    Reads only pages of the same site below `section`, and none that its robots.txt excludes. Raises AppError where
    the first page cannot be read.
    """
    start = urljoin(website, section) if section else website
    scope = _Scope(start)
    site, seen, layer = Site(), {start}, [start]
    deadline = clock.now() + timedelta(seconds=_MAX_SECONDS)
    for level in range(depth + 1):
        wanted = layer[: pages - len(site.articles)]
        articles = _read_articles(wanted, site, is_first=level == 0)
        site.articles += articles
        layer = [link for article in articles for link in sorted(article.links) if link in scope and link not in seen]
        layer = list(dict.fromkeys(layer))
        seen.update(layer)
        if not layer or len(site.articles) >= pages:
            break
        if clock.now() > deadline:
            site.notes.append(f"After {_MAX_SECONDS:.0f} seconds {len(layer)} further pages were left unread.")
            break
    return site


class _Scope:
    """The addresses of one site below one path."""

    def __init__(self, start: str) -> None:
        parts = urlsplit(start)
        self._origin = (parts.scheme, parts.netloc)
        self._path = parts.path.rsplit("/", 1)[0] + "/" if "." in parts.path.rsplit("/", 1)[-1] else parts.path
        self._path = self._path.rstrip("/")

    def __contains__(self, url: str) -> bool:
        parts = urlsplit(url)
        inside = parts.path == self._path or parts.path.startswith(self._path + "/")
        return (parts.scheme, parts.netloc) == self._origin and inside


def _read_articles(urls: Sequence[str], site: Site, *, is_first: bool) -> list[Article]:
    """Reads the pages at these addresses, four at a time.

    A page that cannot be read gets a note; where the first page cannot be read, AppError is raised.
    """
    with ThreadPoolExecutor(max_workers=_WORKERS, thread_name_prefix="site") as pool:
        readings = [(url, pool.submit(copy_context().run, _read_article, url)) for url in urls]
    articles = []
    for url, reading in readings:
        try:
            articles.append(reading.result())
        except AppError as error:
            if is_first:
                raise
            site.notes.append(f"{url} was left out: {error.detail}")
    return articles


def _read_article(url: str) -> Article:
    from shared.providers.extract import extract
    from shared.providers.extract.links import links
    from shared.providers.web import fetch, robots

    robots.check(url)
    answer = fetch.fetch(url, accept=_PAGE_TYPES)
    try:
        document = extract(answer.content, answer.content_type, None, answer.url)
    except Invalid as error:
        raise ProviderError(f"{url}: {error.detail}") from error
    targets = frozenset(links(answer.content, answer.url))
    return Article(answer.url, document.title, document.text[:_MAX_CHARACTERS], targets)
