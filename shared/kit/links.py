"""Paths of the pages that show a document, as the web frontend serves them."""

from urllib.parse import quote

_PAGES = {  # collection -> page and the parameter that names the document
    "prospects": "/prospects?id=",
    "calendar_events": "/calendar?event=",
    "research_tasks": "/research-tasks?id=",
    "automations": "/automations?id=",
    "templates": "/templates?id=",
    "playbooks": "/playbooks?id=",
    "vault": "/vault?id=",
    "personas": "/personas?id=",
    "content": "/content-marketing?id=",
    "system_logs": "/system/logs?id=",
}


def page_of(collection: str, id: str) -> str:
    """The path of the page that shows one document. Raises KeyError for a collection without pages."""
    return _PAGES[collection] + _escaped(id)


def has_page(collection: str | None) -> bool:
    """Whether documents of the collection have a page of their own."""
    return collection in _PAGES


def page_of_message(prospect_id: str, message_id: str) -> str:
    """The path of a prospect's outreach page, opened at one message."""
    return f"/outreach/{_escaped(prospect_id)}?message={_escaped(message_id)}"


def page_of_execution(automation_id: str, execution_id: str) -> str:
    """The path of an automation's page, opened at one execution."""
    return f"{page_of('automations', automation_id)}&execution={_escaped(execution_id)}"


def _escaped(id: str) -> str:
    return quote(id, safe="")
