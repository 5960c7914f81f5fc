"""Storing new prospects: each with the key of its address, whole or not at all, hundreds in one commit."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from shared.domains.prospects import addresses
from shared.domains.prospects.addresses import AddressTaken
from shared.domains.prospects.models import Prospect
from shared.domains.prospects.repository import documents, repository
from shared.errors import AlreadyExists, AppError, Conflict
from shared.gcp import firestore
from shared.gcp.firestore import Document
from shared.gcp.refusals import raise_common
from shared.gcp.writes import Write
from shared.kit import ids

_ATTEMPTS = 8  # of one commit, while others create and delete the same addresses
Outcome = Prospect | AppError


@dataclass(frozen=True)
class _Entry:
    """A prospect to store, and its place in the answer. `request` is set where the work may be done again."""

    place: int
    prospect: Prospect
    request: str | None

    @property
    def key(self) -> str | None:
        email = self.prospect.email
        return addresses.path(self.prospect.user_id, email) if email else None

    @property
    def path(self) -> str:
        return repository.path(self.prospect.user_id, self.prospect.id)

    @property
    def size(self) -> int:
        """The number of its writes."""
        return 1 + bool(self.prospect.email) + len(repository.companions(None, self.prospect))

    def writes(self) -> list[Write]:
        uid, email = self.prospect.user_id, self.prospect.email
        claim = [addresses.to_claim(uid, email, self.prospect.id, self.request)] if email else []
        return [repository.to_create(self.prospect), *claim, *repository.companions(None, self.prospect)]


def create_each(prospects: Sequence[Prospect]) -> list[Outcome]:
    """The stored prospect or the error of each: AddressTaken, AlreadyExists, or what the store refused.

    One commit for 490 documents. Where one is refused, two reads of the whole part say which, and the rest is
    committed again. No two may have the same address or id. Whose status says no is put on the suppression list, also
    where the address is another prospect's, which stays as it is.
    """
    outcomes: dict[int, Outcome] = {}
    entries = [_Entry(n, prospect, ids.new_id() if ids.repeating() else None) for n, prospect in enumerate(prospects)]
    for part in _parts(entries):
        _store(part, outcomes)
    raise_common([*outcomes.values()])
    _keep_refusals(entries, outcomes)
    return [outcomes[place] for place in range(len(prospects))]


def _keep_refusals(entries: Sequence[_Entry], outcomes: dict[int, Outcome]) -> None:
    """A no that came with an address that is taken is not lost: one commit for 490 of them."""
    taken = [(entry, outcome) for entry in entries if isinstance(outcome := outcomes[entry.place], AddressTaken)]
    suppressed = [write for entry, _ in taken for write in repository.companions(None, entry.prospect)]
    for start in range(0, len(suppressed), firestore.MAX_COMMITTED):
        firestore.client().commit(suppressed[start : start + firestore.MAX_COMMITTED])
    for entry, outcome in taken:
        if entry.prospect.refuses:
            outcomes[entry.place] = AddressTaken(entry.prospect.email or "", outcome.holder, suppressed=True)


def _parts(entries: Sequence[_Entry]) -> Iterator[list[_Entry]]:
    part: list[_Entry] = []
    size = 0
    for entry in entries:
        needed = entry.size
        if size + needed > firestore.MAX_COMMITTED:
            yield part
            part, size = [], 0
        part.append(entry)
        size += needed
    if part:
        yield part


def _store(part: Sequence[_Entry], outcomes: dict[int, Outcome]) -> None:
    """Where the entry before the part is taken, so may be its own, as in a file that comes again: they are looked up
    before the commit that would be refused."""
    if isinstance(outcomes.get(part[0].place - 1), Conflict):
        part = list(_without_taken(part, outcomes))
    for _ in range(_ATTEMPTS):
        if not part:
            return
        try:
            version = firestore.client().commit([write for entry in part for write in entry.writes()])
        except AlreadyExists:
            part = list(_without_taken(part, outcomes))
        except AppError as error:
            if error.retriable or len(part) == 1:
                outcomes |= {entry.place: error for entry in part}
            else:  # the store refuses one of them, or all together as too large
                _store(part[: len(part) // 2], outcomes)
                _store(part[len(part) // 2 :], outcomes)
            return
        else:
            outcomes |= {entry.place: repository.stamped(entry.prospect, version) for entry in part}
            return
    outcomes |= {entry.place: Conflict("Many change prospects with this address at once; try again.") for entry in part}


def _without_taken(part: Sequence[_Entry], outcomes: dict[int, Outcome]) -> Iterable[_Entry]:
    """Those that can be stored still; the others get their outcome. A read of all keys, and one of the documents of
    those that have none, or that an earlier attempt has stored."""
    keys = documents([entry.key for entry in part if entry.key])
    places = {entry.place: _place(entry, keys.get(entry.key or "")) for entry in part}
    stored = documents([place for place in places.values() if place])
    for entry in part:
        key, document = keys.get(entry.key or ""), stored.get(places[entry.place] or "")
        if key is None and document is None:
            yield entry
        elif key is None and document is not None and entry.key and not _has_address_of(document, entry):
            yield replace(entry, prospect=entry.prospect.model_copy(update={"id": ids.new_id()}))
        else:
            outcomes[entry.place] = _met(entry, key, document)


def _place(entry: _Entry, key: Document | None) -> str | None:
    """The document that tells what becomes of an entry; None where its key does."""
    if key is None:
        return entry.path
    own = entry.request and key.data.get("request") == entry.request
    return repository.path(entry.prospect.user_id, str(key.data["prospect_id"])) if own else None


def _has_address_of(document: Document, entry: _Entry) -> bool:
    """Whether a document without a key has the address: it was stored before there were keys."""
    return addresses.same(document.data.get("email"), entry.prospect.email)


def _met(entry: _Entry, key: Document | None, document: Document | None) -> Outcome:
    """What stands where the prospect was to be stored: itself, by an earlier attempt, or another."""
    prospect = entry.prospect
    if document is not None and (key is not None or ids.is_repeatable(prospect.id)):
        return repository.load(document)
    if key is not None:
        return AddressTaken(prospect.email or "", str(key.data["prospect_id"]))
    return AddressTaken(prospect.email, prospect.id) if prospect.email else AlreadyExists("It exists already.")
