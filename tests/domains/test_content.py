"""Generated content: the local generator is deterministic and says only what it knows."""

from typing import Any

import pytest

from shared.domains.content.local import LocalGenerator
from shared.domains.personas import Persona
from shared.domains.prospects.models import Prospect
from shared.kit import clock


def _prospect(**fields: Any) -> Prospect:
    now = clock.now()
    return Prospect(id="p", user_id="u", created_at=now, updated_at=now, **({"name": "Ann Lee"} | fields))


def _persona(**fields: Any) -> Persona:
    now = clock.now()
    given: dict[str, Any] = {
        "name": "Nora",
        "outreach_tone": "friendly",
        "industry_focus": ["education"],
        "use_cases": [],
    } | fields
    rest: dict[str, Any] = {"writing_style": "clear", "user_positioning": "We help schools", "brand_voice": ""}
    return Persona(id="n", user_id="u", created_at=now, updated_at=now, **given, **rest)


local = LocalGenerator()


def test_the_same_input_gives_the_same_content() -> None:
    prospect = _prospect(company="Acme", job_title="VP Sales")
    assert local.analyze(prospect, None) == local.analyze(prospect, None)
    assert local.draft(prospect, None, "initial") == local.draft(prospect, None, "initial")


def test_what_is_known_raises_the_score_and_is_named() -> None:
    bare = local.analyze(_prospect(), _persona())
    known = _prospect(
        company="Lake School", job_title="Principal", email="a@lake.edu", linkedin="x", tags=["education"]
    )
    rich = local.analyze(known, _persona())
    assert rich.fit_score > bare.fit_score
    assert any("education" in reason for reason in rich.reasoning)
    assert any("Lake School" in reason for reason in rich.reasoning)
    assert bare.pain_points == []
    assert "Nothing but a name" in bare.reasoning[0]


@pytest.mark.parametrize(
    ("tone", "greeting", "closing"),
    [
        ("friendly", "Hi Ann", "All the best"),
        ("formal", "Dear Ann Lee", "Yours sincerely"),
        ("casual", "Hey Ann", "Cheers"),
        ("professional", "Hello Ann", "Best regards"),
        ("pirate", "Hello Ann", "Best regards"),
    ],
)
def test_the_persona_sets_the_voice(tone: str, greeting: str, closing: str) -> None:
    draft = local.draft(_prospect(company="Acme"), _persona(outreach_tone=tone), "initial")
    assert draft.body.startswith(greeting)
    assert closing in draft.body
    assert "We help schools." in draft.body
    assert draft.body.endswith("Nora")


def test_a_follow_up_refers_to_the_first_message() -> None:
    draft = local.draft(_prospect(), None, "follow_up")
    assert "come back to my note" in draft.body
    assert draft.subject.startswith("Following up")
