"""Collections of texts with queries and judgements of what is relevant to each, and how well a search ranks them."""

import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import log2
from pathlib import Path
from typing import Any

from infra.bundle import ROOT

# Where the data are kept, if they are: they are not part of the repository.
DATA = Path(os.environ.get("BENCH_DATA", ROOT.parent / "shared" / "data"))

Ask = Callable[[str], Sequence[str]]  # a query's text -> the ids of what is found, best first
_DEPTH = 10
_LONGEST = 25  # words of a query: claims of WiCE are whole sentences, longer than a query may be


@dataclass(frozen=True)
class Collection:
    """Texts as (title, body) by id, queries by id, and for each query how relevant some texts are (0 is left out)."""

    name: str
    texts: Mapping[str, tuple[str, str]]
    queries: Mapping[str, str]
    judgements: Mapping[str, Mapping[str, int]]

    def ndcg(self, ask: Ask) -> float:
        """The mean nDCG@10 over all queries: 1 if the most relevant texts come first for each."""
        return sum(_ndcg(ask(self.queries[id]), grades) for id, grades in self.judgements.items()) / len(
            self.judgements
        )


def _ndcg(ranked: Sequence[str], grades: Mapping[str, int]) -> float:
    best = sorted(grades.values(), reverse=True)
    return _gain([grades.get(id, 0) for id in ranked[:_DEPTH]]) / _gain(best[:_DEPTH])


def _gain(grades: Sequence[int]) -> float:
    return sum(grade / log2(place + 2) for place, grade in enumerate(grades))


def scifact() -> Collection | None:
    """5,183 abstracts, and 300 claims that some of them support or refute; None if the data are not at hand."""
    folder = DATA / "scifact"
    if not (folder / "corpus.jsonl").is_file():
        return None
    judgements: dict[str, dict[str, int]] = {}
    for line in (folder / "qrels/test.tsv").read_text().splitlines()[1:]:
        query, text, grade = line.split("\t")
        judgements.setdefault(query, {})[text] = int(grade)
    return Collection(
        "SciFact",
        {row["_id"]: (row["title"], row["text"]) for row in _rows(folder / "corpus.jsonl")},
        {row["_id"]: row["text"] for row in _rows(folder / "queries.jsonl")},
        judgements,
    )


def wice() -> Collection | None:
    """1,043 excerpts of web pages, and the sentences of Wikipedia that cite them; None if the data are not at hand."""
    file = DATA / "wice" / "dev.jsonl"
    if not file.is_file():
        return None
    grades = {"supported": 2, "partially_supported": 1}
    rows = {str(number): row for number, row in enumerate(_rows(file))}
    claims = {claim: str(number) for number, claim in enumerate(dict.fromkeys(row["claim"] for row in rows.values()))}
    judgements: dict[str, dict[str, int]] = {}
    for id, row in rows.items():
        if grade := grades.get(row["label"]):
            judgements.setdefault(claims[row["claim"]], {})[id] = grade
    return Collection(
        "WiCE",
        {id: (row["evidence"][0], " ".join(row["evidence"][1:])) for id, row in rows.items()},
        {number: " ".join(re.findall(r"\w+", claim)[:_LONGEST]) for claim, number in claims.items()},
        judgements,
    )


@dataclass(frozen=True)
class Claim:
    """A statement, the sentences that are to bear it, and whether they do."""

    text: str
    evidence: list[str]
    supported: bool


def entailments() -> list[Claim]:
    """The statements of WiCE, each with all excerpts of the pages that it cites; none if the data are not at hand."""
    file = DATA / "wice" / "dev.jsonl"
    if not file.is_file():
        return []
    found: dict[str, Claim] = {}
    for row in _rows(file):
        known = found.setdefault(row["claim"], Claim(row["claim"], [], row["label"] == "supported"))
        known.evidence.extend(sentence for sentence in row["evidence"] if sentence not in known.evidence)
    return list(found.values())


def planted() -> list[Claim]:
    """Paraphrases and falsehoods of sentences of two pages; none if the data are not at hand."""
    file = DATA / "claims" / "claims.json"
    if not file.is_file():
        return []
    held = json.loads(file.read_text())
    return [Claim(row["text"], held["pages"][row["page"]], row["supported"]) for row in held["statements"]]


def _rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines()]
