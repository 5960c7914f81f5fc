"""Names what takes the document events of each source collection: handlers, called in this order."""

from collections.abc import Callable

from shared.automations.operations import approvals, deletion, stopping
from shared.automations.starts import document_events, found_documents, read_ahead
from shared.domains import links, removal
from shared.domains.inbox import settling
from shared.runtime.events import Handler
from shared.search import asking


def _of_research_tasks() -> tuple[Handler, ...]:
    from shared.automations.builtins import research  # no other collection needs the built-ins

    return read_ahead.take, document_events.take, research.follow, found_documents.take, asking.consider


# Made when they are asked for: a function needs those of one collection.
_HANDLERS: dict[str, Callable[[], tuple[Handler, ...]]] = {
    "automations": lambda: (
        deletion.clear,
        read_ahead.take,
        document_events.take,
        found_documents.take,
        asking.consider,
    ),
    "calendar_events": lambda: (read_ahead.take, document_events.take, found_documents.take, asking.consider),
    "failures": lambda: (document_events.take,),
    "files": lambda: (read_ahead.take, document_events.take, found_documents.take, asking.consider),
    "insights": lambda: (found_documents.take, asking.consider),
    "outreach": lambda: (
        settling.settle,
        links.unlink_message,
        read_ahead.take,
        document_events.take,
        approvals.take,
        found_documents.take,
        asking.consider,
    ),
    "personas": lambda: (found_documents.take, asking.consider),
    "playbook_runs": lambda: (read_ahead.take, document_events.take, found_documents.take, asking.consider),
    "prospects": lambda: (
        removal.complete,
        read_ahead.take,
        document_events.take,
        stopping.take,
        found_documents.take,
        asking.consider,
    ),
    "research_tasks": _of_research_tasks,
    "search_matches": lambda: (document_events.take,),
    "templates": lambda: (
        links.unlink_template,
        read_ahead.take,
        document_events.take,
        found_documents.take,
        asking.consider,
    ),
    "vault": lambda: (links.unlink_item, read_ahead.take, document_events.take, found_documents.take, asking.consider),
}
COLLECTIONS = tuple(_HANDLERS)


def handlers(collection: str) -> tuple[Handler, ...]:
    """What takes the document events of a source collection, in this order."""
    return _HANDLERS[collection]()
