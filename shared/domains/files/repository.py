"""Stored files, and their passages, which are documents below the file: a pack of many passages each."""

from collections.abc import Sequence
from itertools import accumulate

from shared.domains.files.models import File
from shared.gcp import firestore, writes
from shared.gcp.writes import Write
from shared.store.repository import Repository


class FileRepository(Repository[File]):
    def __init__(self) -> None:
        super().__init__(File, "files", "file")

    def read_passages(self, file: File) -> list[str]:
        """One round trip."""
        packs = firestore.client().get_all(self._pack_paths(file))
        return [text for pack in packs if pack for text in pack.data["texts"]]

    def read_passages_each(self, uid: str, packs: Sequence[tuple[str, int]]) -> dict[str, list[str]]:
        """The passages of several files, each given by its id and its number of packs, by id: one round trip."""
        owners = {_pack_path(self.path(uid, id), n): id for id, count in packs for n in range(count)}
        passages: dict[str, list[str]] = {}
        for id, pack in zip(owners.values(), firestore.client().get_all(list(owners)), strict=True):
            passages.setdefault(id, []).extend(pack.data["texts"] if pack else [])
        return passages

    def to_keep_passages(self, file: File, packs: Sequence[Sequence[str]]) -> list[Write]:
        """A write for each pack; `first` is the number of its first passage among the file's."""
        firsts = accumulate(map(len, packs), initial=0)
        kept = zip(self._pack_paths(file), packs, firsts, strict=False)
        return [Write(path, {"texts": list(texts), "first": first}) for path, texts, first in kept]

    def to_delete_whole(self, file: File) -> list[Write]:
        """Delete the file with its passages; fails with NotFound."""
        own = self.to_delete(file.user_id, file.id, exists=True)
        return [own, *(writes.delete(path) for path in self._pack_paths(file))]

    def _pack_paths(self, file: File) -> list[str]:
        path = self.path(file.user_id, file.id)
        return [_pack_path(path, number) for number in range(file.pack_count)]


def _pack_path(file_path: str, number: int) -> str:
    return f"{file_path}/chunks/{number}"


repository = FileRepository()
