"""Suggests internal links for a text or between the articles of a website."""

from collections.abc import Sequence

from shared.domains.content.internal_links.anchors import Target, find_links
from shared.domains.content.internal_links.models import Link, Linking, LinkingInput, Opportunity
from shared.domains.content.internal_links.website import Article, read_website
from shared.domains.knowledge import retrieval
from shared.domains.knowledge.models import Question
from shared.errors import Invalid

_MAX_QUERY = 2_000  # characters of the text that the vault is searched with
_MAX_ITEMS = 50  # passages of the vault whose items may be linked to
_GIVEN_TEXT = "The given text"  # the source of a link where the client sent the text


def suggest_links(uid: str, data: LinkingInput) -> Linking:
    """Suggests links, best covered first, at most one to each page. Reads the website, searches the vault, or neither.

    Raises Invalid without text and website.
    """
    if data.website_url:
        return _link_articles(data)
    if not data.text:
        raise Invalid.at("text", "give a text, or the website_url whose articles are to be linked")
    targets = [Target(page.title, page.url) for page in data.pages] or _vault_targets(uid, data.text)
    links = find_links(data.text, targets)[: data.max_links]
    opportunities = [_opportunity(_GIVEN_TEXT, None, link) for link in links]
    return _linking(links, opportunities, considered=len(targets), notes=[])


def _link_articles(data: LinkingInput) -> Linking:
    """Suggests links from each article to each other article that it does not link to yet, `max_links` per article."""
    site = read_website(data.website_url, data.section_path, pages=data.num_articles, depth=data.depth)
    pairs = [
        (link, _opportunity(article.title, article.url, link))
        for article in site.articles
        for link in find_links(article.text, _article_targets(article, site.articles))[: data.max_links]
    ]
    pairs.sort(key=lambda pair: -pair[0].coverage)
    links, opportunities = [link for link, _ in pairs], [opportunity for _, opportunity in pairs]
    return _linking(links, opportunities, considered=len(site.articles), notes=site.notes)


def _article_targets(article: Article, articles: Sequence[Article]) -> list[Target]:
    others = (other for other in articles if other.url != article.url and other.title != article.title)
    return [Target(other.title, other.url) for other in others if other.url not in article.links]


def _vault_targets(uid: str, text: str) -> list[Target]:
    """The vault's items on the text's subject: a search."""
    query = text[:_MAX_QUERY].strip()
    results = retrieval.search(uid, Question(query=query, top_k=_MAX_ITEMS)).results if query else []
    titles = {passage.source_id: str(passage.metadata["title"]) for passage in results}
    return [Target(title, f"vault:{id}") for id, title in titles.items()]


def _linking(links: list[Link], opportunities: list[Opportunity], *, considered: int, notes: list[str]) -> Linking:
    return Linking(
        links=links,
        considered=considered,
        opportunities=opportunities,
        total_opportunities=len(opportunities),
        notes=notes,
    )


def _opportunity(title: str, url: str | None, link: Link) -> Opportunity:
    return Opportunity(
        source_article=title,
        source_url=url,
        target_article=link.title,
        target_url=link.url,
        anchor_text=link.anchor,
        context=link.sentence,
        relevance=link.coverage,
    )
