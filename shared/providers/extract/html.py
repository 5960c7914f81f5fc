"""Extracts the text of a web page, without navigation, headers and the like."""

import re
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from shared.errors import Invalid
from shared.kit.patterns import lazy_pattern
from shared.providers.extract import markup, text, visibility
from shared.providers.extract.base import MAX_MARKUP, Content

_CHARSET = lazy_pattern(r"charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([\w.:-]+)", re.I)
_FURNITURE = ("nav", "header", "footer", "aside", "form", "button")
# What other furniture is usually named.
_NAMED_FURNITURE = lazy_pattern(
    r"(?:^|[\s_-])(?:cookies?|consent|cmp|gdpr|comments?|respond|breadcrumbs?|related|sidebar|newsletter|subscribe|share|"
    r"sharing|social|advert\w{0,10}|ads?|promo|popup|modal|banner|menu|navbar|footer|pagination|skip)(?=[\s_-]|$)",
    re.I,
)
_MOSTLY = 0.75  # the share of the page's text from which on a main text is enough, where no article is marked
_MAX_ELEMENTS = 30_000  # above, the whole page is taken: looking for its main text would take more than three seconds
_ENOUGH = 80  # characters of a main text: below, the whole page is taken


def read(content: bytes, content_type: str | None, url: str | None) -> Content:
    """Read a page. Raises Invalid for a page without text."""
    html = text.decode(content, _charset(content, content_type))
    tree = markup.parsed(html)
    main = _main(tree, url) if tree is not None and _is_usual(tree) else None
    body = markup.text_of(main.body) if main is not None and main.body is not None else ""
    if tree is not None and (len(body) < _ENOUGH or not _is_article(tree)):
        whole = _whole(tree)
        body = whole if len(body) < _MOSTLY * len(whole) or len(body) < _ENOUGH else body
    if not body.strip():
        raise Invalid.of("file", "The page has no text; it may make it with scripts, which are not run here.")
    return Content(
        body,
        title=(main.title if main else None) or _title(tree),
        published=main.date if main else None,
        site=(main.sitename if main else None) or _host(url),
        notes=("Only the beginning of this very long page was read.",) if len(html) > MAX_MARKUP else (),
    )


def _is_article(tree: Any) -> bool:
    """Whether the page says that it is one: of others, such as a list of prices, no part is the main text."""
    kind = tree.find(".//meta[@property='og:type']")
    return tree.find(".//article") is not None or (kind is not None and kind.get("content") == "article")


def _is_usual(tree: Any) -> bool:
    return sum(1 for _ in islice(tree.iter(), _MAX_ELEMENTS + 1)) <= _MAX_ELEMENTS


def _main(tree: Any, url: str | None) -> Any:
    """trafilatura's result: the main text as a tree, and the page's metadata."""
    from copy import deepcopy

    import trafilatura

    return trafilatura.bare_extraction(
        deepcopy(tree),
        url=url,
        include_comments=False,
        include_links=False,
        with_metadata=True,
        date_extraction_params={"original_date": True, "extensive_search": False},
    )


def _whole(tree: Any) -> str:
    """The text of the page without its furniture; of the whole page, where that leaves nothing."""
    from copy import deepcopy

    bare = deepcopy(tree.body)
    for element in list(bare.iter("*")):
        named = f"{element.get('class') or ''} {element.get('id') or ''}"
        if element.getparent() is not None and (element.tag in _FURNITURE or _NAMED_FURNITURE.search(named)):
            visibility.empty(element)
    return markup.text_of(bare) or markup.text_of(tree.body)


def _title(tree: Any) -> str:
    return " ".join((tree.findtext(".//title") or tree.findtext(".//h1") or "").split())


def _charset(content: bytes, content_type: str | None) -> str | None:
    """The charset that the Content-Type declares, else the page itself."""
    match = _CHARSET.search(content_type or "") or _CHARSET.search(content[:2_048].decode("ascii", errors="replace"))
    return match.group(1) if match else None


def _host(url: str | None) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.") if url else ""
