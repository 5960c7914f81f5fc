"""/api/chat: passages of the knowledge vault that match a question."""

from shared.domains.knowledge import retrieval
from shared.domains.knowledge.models import Question, Results
from shared.runtime.http import Call, http_function
from shared.runtime.router import Fields, Router

router = Router("/api/chat")


@router.post("", Fields(Results))
def search(call: Call, body: Question) -> Results:
    """The passages of vault and files that answer a question best."""
    return retrieval.search(call.uid, body)


chat = http_function("chat", router)
