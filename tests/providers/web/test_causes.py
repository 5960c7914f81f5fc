"""The cause in our webhook calls holds while its signing key is listed, and nobody without a key can make one."""

from collections.abc import Iterator
from contextlib import contextmanager

from shared import settings
from shared.kit.schema import Cause
from shared.providers.web import causes

OLD, NEW = "a" * 32, "b" * 32
CAUSE = Cause(automation_id="a", execution_id="e", step="s", depth=3)


@contextmanager
def _signing(keys: str) -> Iterator[None]:
    replaced = settings.use(settings.current().model_copy(update={"signing_key": keys}))
    try:
        yield
    finally:
        settings.use(replaced)


def test_a_call_under_way_while_keys_change_keeps_its_depth() -> None:
    with _signing(OLD):
        header = causes.signed("ann", CAUSE)
    with _signing(f"{NEW},{OLD}"):
        assert causes.caller("ann", header) == causes.Caller(3, CAUSE)
        assert causes.caller("bob", header) == causes.Caller(3, None)
        newer = causes.signed("ann", CAUSE)
    with _signing(NEW):
        assert causes.caller("ann", newer) == causes.Caller(3, CAUSE)
        assert causes.caller("ann", header) is None
