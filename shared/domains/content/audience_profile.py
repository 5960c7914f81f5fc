"""The audience profile: a client's own description of the people it wants to reach, added to the persona."""

from typing import Annotated, Any

from shared.domains.personas.models import Persona
from shared.kit.schema import Also, Metadata, stamp

_MAX_TOPICS = 50
_MAX_TOPIC = 200  # characters


def _from_text(value: Any) -> Any:
    return {"description": value} if isinstance(value, str) else value


# A client may also send a plain text: the profile's description.
AudienceProfile = Annotated[Metadata, Also(_from_text, {"type": "string"})]


def add_audience(uid: str, persona: Persona | None, profile: dict[str, Any] | None) -> Persona | None:
    """The persona with the profile's topics added to its industry focus, at most 50 in all.

    Without a persona, a blank one that has the topics alone; without topics, the persona itself.
    """
    topics = _topics(profile or {})
    if not topics:
        return persona
    base = persona or _blank_persona(uid)
    focus = list(dict.fromkeys([*base.industry_focus, *topics]))[:_MAX_TOPICS]
    return base.model_copy(update={"industry_focus": focus})


def _topics(profile: dict[str, Any]) -> list[str]:
    """The profile's texts, and the texts in its lists."""
    values = [item for value in profile.values() for item in (value if isinstance(value, list) else [value])]
    return [value.strip()[:_MAX_TOPIC] for value in values if isinstance(value, str) and value.strip()]


def _blank_persona(uid: str) -> Persona:
    return Persona(
        **stamp(uid, "audience"),
        name="",
        outreach_tone="professional",
        industry_focus=[],
        use_cases=[],
        writing_style="",
        user_positioning="",
        brand_voice="",
    )
