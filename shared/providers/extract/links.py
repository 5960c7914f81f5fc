"""Extracts the links of an HTML page."""

from urllib.parse import urldefrag, urljoin

from lxml import html

_MAX_LINKS = 2_000


def links(content: bytes, url: str) -> list[str]:
    """The http(s) addresses of the page's first 2,000 links, absolute, without fragments, each once, in page order.

    `url` is the page's own address; a `<base>` overrides it. Empty for content that is no HTML.
    """
    try:
        page = html.document_fromstring(content)
    except (ValueError, html.etree.ParserError):
        return []
    base = urljoin(url, next(iter(page.xpath("//base/@href")), ""))
    joined = (_joined(base, str(target)) for target in page.xpath("//a/@href")[:_MAX_LINKS])
    return list(dict.fromkeys(target for target in joined if target.startswith(("http://", "https://"))))


def _joined(base: str, target: str) -> str:
    try:
        return urldefrag(urljoin(base, target.strip())).url
    except ValueError:
        return ""
