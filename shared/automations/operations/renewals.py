"""Brings stored documents to the present versions of their models, and stored secrets to the newest key.

When each is finished (`python -m infra renewals`), earlier upgrades and earlier keys of SECRETS_KEY may be dropped.
"""

from collections.abc import Sequence

from shared import sealing
from shared.automations.catalog import registry as registry
from shared.automations.definitions.masking import changed
from shared.domains.webhooks import listing
from shared.domains.webhooks.repository import webhooks
from shared.gcp import writes
from shared.gcp.firestore import Document
from shared.gcp.writes import Write
from shared.store import renewals
from shared.store.renewals import Renewal

SEALED = ("automations", "definitions")  # the collections whose `steps` hold secrets


def every() -> list[Renewal]:
    """All renewals: of each model with an earlier version, and of each collection with secrets while there is a key."""
    key = sealing.newest_key()
    sealed = [Renewal(f"secrets-{name}", name, key, _to_seal) for name in SEALED] if key else []
    return [renewals.of_model(webhooks, listing.to_list), *sealed]


def sweep() -> dict[str, int]:
    """Go on with what is not finished."""
    return renewals.go_on(every())


def _to_seal(document: Document) -> Sequence[Write]:
    """The write that seals a document's secrets by the newest key, those too that are not sealed at all."""
    uid, steps = document.path.split("/")[1], document.data.get("steps")
    anew = changed(steps, lambda text: sealing.renewed(uid, text))
    return [writes.update(document.path, {"steps": anew}, version=document.version)] if anew != steps else []
