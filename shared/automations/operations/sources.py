"""Names what takes the document events of each source collection: handlers, called in this order."""

from shared.automations.builtins import research
from shared.automations.operations import approvals, deletion, stopping
from shared.automations.starts import document_events, found_documents
from shared.domains import links, removal
from shared.domains.inbox import settling
from shared.runtime.events import Handler
from shared.search import asking

HANDLERS: dict[str, tuple[Handler, ...]] = {
    "automations": (deletion.clear, document_events.take, found_documents.take, asking.consider),
    "calendar_events": (document_events.take, found_documents.take, asking.consider),
    "failures": (document_events.take,),
    "files": (document_events.take, found_documents.take, asking.consider),
    "insights": (found_documents.take, asking.consider),
    "outreach": (
        settling.settle,
        links.unlink_message,
        document_events.take,
        approvals.take,
        found_documents.take,
        asking.consider,
    ),
    "personas": (found_documents.take, asking.consider),
    "playbook_runs": (document_events.take, found_documents.take, asking.consider),
    "prospects": (
        removal.complete,
        document_events.take,
        stopping.take,
        found_documents.take,
        asking.consider,
    ),
    "research_tasks": (document_events.take, research.follow, found_documents.take, asking.consider),
    "search_matches": (document_events.take,),
    "templates": (links.unlink_template, document_events.take, found_documents.take, asking.consider),
    "vault": (links.unlink_item, document_events.take, found_documents.take, asking.consider),
}
