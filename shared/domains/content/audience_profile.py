"""The audience profile: what a client says about whom it wants to reach, beside the persona."""

from typing import Annotated, Any

from shared.domains.personas import Persona
from shared.kit import clock
from shared.kit.schema import Also, Metadata

_MAX_TOPICS = 50


def _from_text(value: Any) -> Any:
    return {"description": value} if isinstance(value, str) else value


# Also as one text: its description.
AudienceProfile = Annotated[Metadata, Also(_from_text, {"type": "string"})]


def widened(uid: str, persona: Persona | None, profile: dict[str, Any] | None) -> Persona | None:
    """The persona with the profile's topics as further focus; without a persona, one of those alone."""
    topics = _topics(profile or {})
    if not topics:
        return persona
    base = persona or _nobody(uid)
    focus = list(dict.fromkeys([*base.industry_focus, *topics]))[:_MAX_TOPICS]
    return base.model_copy(update={"industry_focus": focus})


def _topics(profile: dict[str, Any]) -> list[str]:
    """The profile's words for its audience: its texts, and the texts in its lists."""
    values = [item for value in profile.values() for item in (value if isinstance(value, list) else [value])]
    return [value.strip()[:200] for value in values if isinstance(value, str) and value.strip()]


def _nobody(uid: str) -> Persona:
    now = clock.now()
    return Persona(
        id="audience",
        user_id=uid,
        created_at=now,
        updated_at=now,
        name="",
        outreach_tone="professional",
        industry_focus=[],
        use_cases=[],
        writing_style="",
        user_positioning="",
        brand_voice="",
    )
