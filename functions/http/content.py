"""/api/content: texts on a topic, in the persona's voice, resting on what the user knows."""

from shared.domains.content.internal_links import service as internal_links
from shared.domains.content.internal_links.models import Linking, LinkingInput
from shared.domains.content.requests import micro_tool, product_requirements, research_brief
from shared.domains.content.requests import service as content_requests
from shared.domains.content.requests.micro_tool import MicroTool, MicroToolInput
from shared.domains.content.requests.models import Content, ContentInput
from shared.domains.content.requests.product_requirements import Prd, PrdInput
from shared.domains.content.requests.research_brief import ResearchBrief, ResearchInput
from shared.runtime.http import Call, http_function
from shared.runtime.router import Events, Fields, Router

router = Router("/api/content")


@router.post("/generate", Fields(Content))
def generate(call: Call, body: ContentInput) -> Content | Events:
    """A text of any kind. With `Accept: text/event-stream` it comes as it is written: server-sent events `text`, each
    with the next words, then one `content` with what is answered else; or `error`, with the problem."""
    if call.wants_events:
        return Events(content_requests.stream_content(call.uid, body.kind, body))
    return content_requests.write_content(call.uid, body.kind, body)


@router.post("/research", Fields(ResearchBrief))
def research(call: Call, body: ResearchInput) -> ResearchBrief:
    """A brief of what the user's vault and insights say on a topic."""
    return research_brief.write_research_brief(call.uid, body)


@router.post("/micro-tool", Fields(MicroTool))
def write_micro_tool(call: Call, body: MicroToolInput) -> MicroTool:
    """The description of a small tool for whoever builds it and, where asked for, a page that works."""
    return micro_tool.write_micro_tool(call.uid, body)


@router.post("/prd", Fields(Prd))
def write_prd(call: Call, body: PrdInput) -> Prd:
    """A product requirements document."""
    return product_requirements.write_product_requirements(call.uid, body)


@router.post("/internal-linking", Fields(Linking))
def internal_linking(call: Call, body: LinkingInput) -> Linking:
    """Which words of a text, or of a website's articles, could link to which other page."""
    return internal_links.suggest_links(call.uid, body)


content = http_function("content", router)
