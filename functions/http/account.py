"""/api/account: the account as a whole."""

from shared.domains.account import deletion, export
from shared.domains.account.models import DeletionInput, DeletionProgress, Export
from shared.runtime import accounts
from shared.runtime.http import Call, http_function
from shared.runtime.router import Download, File, One, Router

router = Router("/api/account")


@router.delete("", One("deletion", DeletionProgress))
def delete_account(call: Call, body: DeletionInput) -> DeletionProgress:
    """Delete the account with everything in it, for good: whatever runs is stopped, nothing is sent any more, and every
    further call of the user is answered 410. It goes on in the background where there is much to remove. The sign-in
    itself (Firebase Authentication) is the client's to delete."""
    first = deletion.close(call.uid)
    accounts.close(call.uid)  # before the removals, which are events too
    return deletion.begin(call.uid) if first else deletion.progress(call.uid)


@router.post("/export", One("export", Export), status=202)
def export_account(call: Call) -> Export:
    """Everything that the account holds, in parts to download: ZIP files with a file of JSON Lines for each collection.
    A small account is `completed` at once; of a large one, look at the export until it is. One runs at a time: asking
    again answers the one that is under way, or was begun in the last ten minutes. Secrets are left out. What is written
    meanwhile may be in or not. Its parts are kept for a week."""
    return export.request(call.uid)


@router.get("/exports/{id}", One("export", Export))
def get_export(call: Call, id: str) -> Export:
    """How far an export has come."""
    return export.get(call.uid, id)


@router.get("/exports/{id}/parts/{number}", File(Export))
def download_part(call: Call, id: str, number: str) -> Download:
    """A part of an export, from 1 to its `parts`, as a ZIP file that is complete in itself; those that are ready can be
    had while it is running."""
    part = export.part(call.uid, id, number)
    return Download(part.content, "application/zip", part.name)


account = http_function("account", router)
