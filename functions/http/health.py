"""GET /api/health, and /health: whether requests can be served."""

from shared.kit.schema import Model
from shared.runtime.http import Call, http_function
from shared.runtime.router import Fields, Router

router = Router("/api/health", "/health")


class Health(Model):
    status: str


@router.get("", Fields(Health), public=True, unlimited=True)
def health_check(call: Call) -> Health:
    """Answers while requests can be served."""
    return Health(status="ok")


health = http_function("health", router)
