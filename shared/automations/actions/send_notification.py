"""Tell the user something."""

from shared.automations.actions import outgoing
from shared.automations.actions.action import Action
from shared.automations.actions.base import Done, StepContext
from shared.domains import notifications
from shared.domains.notifications import Notification, NotificationKind, Priority
from shared.kit.links import has_page, page_of, page_of_execution
from shared.kit.schema import Input, Text, Url


class Config(Input):
    title: Text | None = None
    message: Text | None = None
    type: NotificationKind = "info"
    priority: Priority = "medium"
    link: Url | None = None


def run(context: StepContext, config: Config) -> Done:
    execution = context.execution
    subject = execution.event.data.get("name") or execution.event.data.get("prospect_name")
    notification = Notification(
        **context.new_document("notification"),
        type=config.type,
        title=config.title or execution.automation_name,
        message=config.message or f"Done for {subject}." if subject else config.message or "Done.",
        priority=config.priority,
        link=config.link or _link(context),
        prospect_id=context.prospect_id(),
    )
    text = {"title": notification.title, "message": notification.message}
    outgoing.check(context, {"title": config.title, "message": config.message}, recipient="you", text=text)
    context.create(notifications.repository, notification)
    return Done(f"Notified: {notification.title}", {"notification_id": notification.id})


def _link(context: StepContext) -> str:
    """The page of the prospect, else of the document that started the run, else of the run."""
    execution, prospect = context.execution, context.prospect_id()
    event = execution.event
    if prospect:
        return page_of("prospects", prospect)
    if event.document_id and event.collection and has_page(event.collection):
        return page_of(event.collection, event.document_id)
    return page_of_execution(execution.automation_id, execution.id)


ACTION = Action(name="send_notification", title="Notify me", config=Config, run=run, light=True)
