"""/api/usage: what language models and research engines did for the user, and what it cost."""

from shared.domains import usage as service
from shared.domains.usage import UsageQuery, UsageReport
from shared.runtime.http import Call, http_function
from shared.runtime.router import Fields, Router

router = Router("/api/usage")


@router.get("", Fields(UsageReport))
def get_usage(call: Call, query: UsageQuery) -> UsageReport:
    """Requests, tokens and costs by day and provider; days without a call are left out."""
    return service.report(call.uid, query)


usage = http_function("usage", router)
