"""/api/content: texts on a topic, in the persona's voice, resting on what the user knows."""

from shared.domains.content import linking, orders
from shared.domains.content.linking import Linking, LinkingInput
from shared.domains.content.orders import Content, ContentInput, TopicInput
from shared.runtime.http import Call, http_function
from shared.runtime.router import Events, Fields, Router

router = Router("/api/content")


@router.post("/generate", Fields(Content))
def generate(call: Call, body: ContentInput) -> Content | Events:
    """A text of any kind. With `Accept: text/event-stream` it comes as it is written: server-sent events `text`, each
    with the next words, then one `content` with what is answered else; or `error`, with the problem."""
    if call.wants_events:
        return Events(orders.watch(call.uid, body.kind, body))
    return orders.generate(call.uid, body.kind, body)


@router.post("/research", Fields(Content))
def research(call: Call, body: TopicInput) -> Content:
    """A brief of what the user's vault and insights say on a topic."""
    return orders.generate(call.uid, "research", body)


@router.post("/micro-tool", Fields(Content))
def micro_tool(call: Call, body: TopicInput) -> Content:
    """The description of a small tool, for whoever builds it."""
    return orders.generate(call.uid, "micro_tool", body)


@router.post("/prd", Fields(Content))
def prd(call: Call, body: TopicInput) -> Content:
    """A product requirements document."""
    return orders.generate(call.uid, "prd", body)


@router.post("/internal-linking", Fields(Linking))
def internal_linking(call: Call, body: LinkingInput) -> Linking:
    """Which words of a text could link to which other page."""
    return linking.suggest(call.uid, body)


content = http_function("content", router)
