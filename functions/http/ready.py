"""GET /api/ready: whether what requests and executions need can be reached.

A wrong configuration ends the function while it is loaded; a database, a topic or a queue that was not deployed is what
its check finds missing.
"""

from shared.automations.runs import queue
from shared.gcp import firestore, pubsub, tasks
from shared.kit.schema import Model
from shared.runtime.http import Call, http_function
from shared.runtime.readiness import Readiness
from shared.runtime.router import Fields, Router

router = Router("/api/ready")


readiness = Readiness(
    {
        "store": lambda seconds: firestore.client().within(seconds).get("readiness/probe"),
        "messages": lambda seconds: pubsub.reach(queue.STEPS_TOPIC, seconds),
        "tasks": lambda seconds: tasks.reach(queue.WAKE_QUEUE, seconds),
    }
)


class Ready(Model):
    status: str
    checks: list[str]


@router.get("", Fields(Ready), public=True)
def readiness_check(call: Call) -> Ready:
    """Asks the document store, the message queue and the task queue, each for at most two seconds, and answers 503 with
    the names of those that do not answer. An answer stands for five seconds."""
    return Ready(status="ready", checks=readiness.confirm())


ready = http_function("ready", router)
