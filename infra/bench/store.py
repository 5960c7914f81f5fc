"""Measures the store's ceiling: the commits of a three-step execution, from bare client threads."""

import time
from concurrent.futures import ThreadPoolExecutor

from shared.gcp import writes
from shared.gcp.firestore import Firestore
from shared.kit.ids import new_id

_THREADS = 8
_COMMITS = 4  # the start and three steps


def sequences_per_second(host: str, project: str, number: int) -> float:
    """Commit sequences per second on the emulator; each commit has the previous version as its precondition."""
    client = Firestore(project, host, timeout=30)
    _sequence(client)
    started = time.perf_counter()
    with ThreadPoolExecutor(_THREADS) as pool:
        list(pool.map(lambda _: _sequence(client), range(number)))
    return number / (time.perf_counter() - started)


def _sequence(client: Firestore) -> None:
    path = f"users/bench/executions/{new_id()}"
    state = {"status": "running", "results": {"a": {"status": "success", "message": "done"}}}
    version = client.commit([writes.create(path, {"position": 0, **state})])
    for position in range(1, _COMMITS):
        record = writes.create(f"{path}/steps/{position}", state)
        effect = writes.create(f"users/bench/notifications/{new_id()}", state)
        version = client.commit([writes.update(path, {"position": position}, version=version), record, effect])
