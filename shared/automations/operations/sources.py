"""Names what takes the document events of each source collection: handlers, called in this order."""

from shared.automations.builtins import research
from shared.automations.operations import approvals, deletion
from shared.automations.starts import document_events
from shared.domains import links, removal
from shared.runtime.events import Handler

HANDLERS: dict[str, tuple[Handler, ...]] = {
    "automations": (deletion.clear, document_events.take),
    "calendar_events": (document_events.take,),
    "failures": (document_events.take,),
    "files": (document_events.take,),
    "outreach": (links.unlink_message, document_events.take, approvals.take),
    "playbook_runs": (document_events.take,),
    "prospects": (removal.complete, document_events.take),
    "research_tasks": (document_events.take, research.follow),
    "templates": (links.unlink_template, document_events.take),
    "vault": (links.unlink_item, document_events.take),
}
