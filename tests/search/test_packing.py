"""What is packed is read back as it was; what is damaged is refused by its type, whichever byte it is."""

from collections.abc import Iterator, Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.search.entries import Key
from shared.search.index import Index
from shared.search.packing import DamagedIndex, pack, pack_numbers, unpack, unpack_numbers
from shared.search.segments import Segment
from shared.search.strings import Strings
from shared.search.text.query import parsed
from tests.search.corpus import bodies, found

_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)


class Blobs(Mapping[str, bytes]):
    """Blobs that remember which of them were read."""

    def __init__(self, blobs: Mapping[str, bytes]) -> None:
        self.blobs = blobs
        self.read: list[str] = []

    def __getitem__(self, name: str) -> bytes:
        self.read.append(name)
        return self.blobs[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.blobs)

    def __len__(self) -> int:
        return len(self.blobs)


def _segment() -> Segment:
    texts = {"a": "red apples of the orchard", "b": "green apples", "c": "Núñez 東京"}
    return Segment.of(bodies(texts), np.arange(12.0).reshape(3, 4), "model")


def _use(blobs: Mapping[str, bytes]) -> None:
    index = Index([Segment.unpacked(blobs)])
    index.search(parsed('"red apples"'))
    index.search(parsed("apples"), mode="semantic", vector=np.ones(4))


@given(st.lists(st.integers(0, 2**63 - 1) | st.integers(0, 300)))
def test_numbers_come_back(numbers: list[int]) -> None:
    assert unpack_numbers(pack_numbers(np.array(numbers, np.int64))).tolist() == numbers


@given(st.lists(st.binary(max_size=20), max_size=5))
def test_sections_come_back(sections: list[bytes]) -> None:
    assert unpack(pack(sections), len(sections)) == sections


@given(st.lists(_TEXTS), st.data())
def test_strings_come_back_and_are_found(texts: list[str], data: st.DataObject) -> None:
    strings = Strings.unpacked(*Strings.of(texts).packed())
    assert list(strings) == texts
    some = data.draw(st.lists(st.integers(0, len(texts) - 1))) if texts else []
    assert list(strings.take(np.array(some, np.int64))) == [texts[place] for place in some]
    ascending = sorted(texts)
    sought = data.draw(_TEXTS)
    ordered = Strings.of(ascending)
    assert [*range(*ordered.run(sought))] == [n for n, text in enumerate(ascending) if text == sought]
    assert [*range(*ordered.run_of_prefix(sought))] == [
        n for n, text in enumerate(ascending) if text.startswith(sought)
    ]
    hashes = dict(zip(strings.hashes.tolist(), texts, strict=True))
    assert len(hashes) == len(set(texts))
    assert [hashes[hash] for hash in strings.hashes.tolist()] == texts
    assert strings.characters[0].tolist() == [len(text) for text in texts]


def test_a_segment_comes_back_byte_for_byte() -> None:
    packed = _segment().packed()
    assert Segment.unpacked(packed).packed() == packed
    assert packed.keys() == {"words", "tokens", "vectors"}


def test_an_empty_segment_comes_back() -> None:
    segment = Segment.unpacked(Segment.of({Key("vault", "gone"): []}).packed())
    assert segment.keys() == [Key("vault", "gone")]
    assert (segment.documents, segment.entries) == (1, 0)
    assert Index([segment]).search(parsed("anything")).total == 0
    assert Index([]).search(parsed("anything")).total == 0


def test_positions_and_vectors_are_read_when_they_are_needed() -> None:
    blobs = Blobs(_segment().packed())
    index = Index([Segment.unpacked(blobs)])
    assert found(index, "apples") == ["b", "a"]
    assert blobs.read == ["words"]
    assert found(index, '"red apples"') == ["a"]
    assert found(index, '"green apples"') == ["b"]
    assert blobs.read == ["words", "tokens"]
    index.search(parsed("apples"), mode="hybrid", vector=np.ones(4))
    assert blobs.read == ["words", "tokens", "vectors"]


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(["words", "tokens", "vectors"]), st.data())
def test_any_damaged_byte_is_noticed(name: str, data: st.DataObject) -> None:
    blobs = _segment().packed()
    place = data.draw(st.integers(0, len(blobs[name]) - 1))
    flip = data.draw(st.integers(1, 255))
    damaged = bytearray(blobs[name])
    damaged[place] ^= flip
    with pytest.raises(DamagedIndex):
        _use(blobs | {name: bytes(damaged)})


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["words", "tokens", "vectors"]), st.integers(0, 10_000))
def test_a_cut_blob_is_noticed(name: str, size: int) -> None:
    blobs = _segment().packed()
    with pytest.raises(DamagedIndex):
        _use(blobs | {name: blobs[name][: min(size, len(blobs[name]) - 1)]})


@pytest.mark.parametrize("name", ["words", "tokens"])
def test_a_missing_blob_is_noticed(name: str) -> None:
    blobs = _segment().packed()
    with pytest.raises(DamagedIndex):
        _use({other: blob for other, blob in blobs.items() if other != name})


def test_blobs_of_different_segments_do_not_pass_for_one() -> None:
    other = Segment.of(bodies({"a": "x"}), np.ones((1, 4)), "model").packed()
    for name in ("tokens", "vectors"):
        with pytest.raises(DamagedIndex):
            _use(_segment().packed() | {name: other[name]})


def test_another_version_is_refused_by_name() -> None:
    blobs = _segment().packed()
    with pytest.raises(DamagedIndex, match="version 7"):
        Segment.unpacked(blobs | {"words": b"\x07" + blobs["words"][1:]})
