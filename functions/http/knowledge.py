"""/api/knowledge: a question answered in the words of the knowledge vault."""

from shared.domains.knowledge import answers
from shared.domains.knowledge.models import Answer, KnowledgeSearch, Question
from shared.runtime.http import Call, http_function
from shared.runtime.router import Fields, Router

router = Router("/api/knowledge")


@router.post("/query", Fields(Answer))
def query_knowledge(call: Call, body: Question) -> Answer:
    """A question answered in the words of vault and files, each sentence with its source."""
    return answers.answer(call.uid, body)


@router.post("", Fields(Answer))
def search_knowledge(call: Call, body: KnowledgeSearch) -> Answer:
    """Answer a question as `/query` does; this form names it `search_query`."""
    return answers.answer(call.uid, Question(query=body.search_query, top_k=body.top_k))


knowledge = http_function("knowledge", router)
