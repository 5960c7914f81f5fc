"""Messages to sixty odd prospects: each could leave as it is, and all are kept for a reader to judge.

Write the file anew, and read it, with UPDATE_TABLE=1.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from shared.domains.content.brief import Brief, Kind, Purpose
from shared.domains.content.fitness import find_defects
from shared.domains.content.formats import FORMATS
from shared.domains.content.pieces import Piece
from shared.domains.content.service import write_pieces
from shared.domains.outreach.generation import WrittenMessage, build_message
from shared.domains.outreach.models import Channel, DraftOptions
from shared.domains.outreach.send_check import check_before_sending
from shared.domains.personas.models import Persona
from shared.kit.schema import stamp
from tests.domains.content.briefs import prospect
from tests.domains.content.odd_prospects import FACTS, ODD, PERSONAS

KEPT = Path(__file__).parent / "odd_prospects.txt"
MESSAGES: list[Kind] = [kind for kind in get_args(Kind) if FORMATS[kind].family == "message"]


def _brief(number: int, kind: Kind, persona: Persona | None, *, variants: int = 1) -> Brief:
    name, company, title, more = ODD[number]
    reader = prospect(name=name, company=company, job_title=title, **more)
    purpose: Purpose = "follow_up" if kind == "follow_up" else "initial"
    facts = FACTS if number % 3 == 0 else ()
    return Brief(kind, persona=persona, prospect=reader, facts=facts, purpose=purpose, variants=variants)


def _shown(number: int) -> Iterator[str]:
    """The message to a prospect as it is kept: each persona has its turn, and each kind."""
    voice = list(PERSONAS)[number % len(PERSONAS)]
    kind = MESSAGES[number // len(PERSONAS) % len(MESSAGES)]
    (piece,) = write_pieces(_brief(number, kind, PERSONAS[voice]))
    name, company, title, _ = ODD[number]
    yield f"{'=' * 20} {number + 1}. {name!r}, {company!r}, {title!r}: {kind} by the {voice}"
    yield f"Subject: {piece.subject}\n" if piece.subject else ""
    yield piece.text


def test_there_are_sixty() -> None:
    assert len(ODD) == 60


def test_the_messages_are_those_that_a_reader_has_judged() -> None:
    shown = "\n".join(line for number in range(len(ODD)) for line in [*_shown(number), ""])
    if os.environ.get("UPDATE_TABLE"):
        KEPT.write_text(shown, encoding="utf-8")
    assert shown == KEPT.read_text(encoding="utf-8")


@pytest.mark.parametrize("number", range(len(ODD)), ids=lambda number: ODD[number][0][:20])
@pytest.mark.parametrize("voice", [*PERSONAS, None])
def test_no_message_would_be_refused(number: int, voice: str | None) -> None:
    for kind in MESSAGES:
        brief = _brief(number, kind, PERSONAS[voice] if voice else None, variants=5)
        pieces: list[Piece] = write_pieces(brief)
        for piece in pieces:
            assert find_defects(brief, piece.text, piece.subject) == [], piece.text
            assert piece.scores.length.value > 0


@pytest.mark.parametrize("number", range(len(ODD)), ids=lambda number: ODD[number][0][:20])
def test_no_stored_message_would_be_kept_from_being_sent(number: int) -> None:
    kinds: dict[Channel, Kind] = {"linkedin": "linkedin_dm", "email": "email"}
    for channel, kind in kinds.items():
        brief = _brief(number, kind, None)
        options = DraftOptions(channel=channel)
        assert brief.prospect is not None
        written = WrittenMessage(brief.prospect, None, options, brief, write_pieces(brief), [], ())
        message = build_message(written, stamp("u"))
        assert check_before_sending(message, brief.prospect) == [], message.subject


@pytest.mark.parametrize("voice", PERSONAS)
def test_no_post_would_be_refused(voice: str) -> None:
    for number in range(len(ODD)):
        brief = _brief(number, "linkedin_post", PERSONAS[voice], variants=3)
        for piece in write_pieces(brief):
            assert find_defects(brief, piece.text) == [], piece.text
