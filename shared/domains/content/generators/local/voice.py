"""The persona's voice in a local text: greeting, closing, signature, and traits that change the wording."""

import re
from dataclasses import dataclass

from shared.domains.content.brief import Brief
from shared.domains.personas.models import Persona
from shared.kit import personal_names

_GREETINGS = {"professional": "Hello", "friendly": "Hi", "casual": "Hey", "formal": "Dear"}
_NAMELESS_GREETINGS = {"Dear": "Good day"}  # “Dear” needs a name after it
_CLOSINGS = {
    "professional": "Best regards",
    "friendly": "All the best",
    "casual": "Cheers",
    "formal": "Yours sincerely",
}
# Words of a persona's brand voice and writing style that give its voice a trait.
_TRAITS = {
    "warm": re.compile(r"\b(?:warm|kind|caring|heartfelt|empath|human)"),
    "gentle": re.compile(r"\b(?:gentle|humble|modest|respectful|never pushy|not pushy|low.pressure|polite|calm)"),
    "direct": re.compile(r"\b(?:direct|bold|blunt|straight|no.nonsense|matter.of.fact|confident|assertive)"),
    "lively": re.compile(r"\b(?:playful|lively|energetic|enthusias|upbeat|fun|witty|cheerful)"),
    "thorough": re.compile(r"\b(?:thorough|detail|expert|authoritative|data|evidence|analytic|scientific)"),
}


@dataclass(frozen=True)
class Voice:
    """The greeting, closing and signature of a persona in a tone, and the traits of its voice."""

    tone: str
    greeting: str
    closing: str
    signature: str
    traits: frozenset[str]

    def greet(self, name: str) -> str:
        """The salutation; `name` is the full name. A recipient without a given name is greeted without a name."""
        person = personal_names.parse(name)
        addressee = (person.full if self.tone == "formal" else person.given) if person else ""
        nameless = _NAMELESS_GREETINGS.get(self.greeting, self.greeting)
        greeting = f"{self.greeting} {addressee}" if addressee else nameless
        return f"{greeting}{'!' if 'lively' in self.traits else ','}"

    def close(self) -> str:
        """The closing line with the signature."""
        return f"{self.closing}{self.signature}"


def voice_of(brief: Brief) -> Voice:
    """The voice of the brief's persona in the brief's tone."""
    persona, tone = brief.persona, brief.effective_tone
    traits = _traits(persona)
    warm = "warm" in traits and tone in ("professional", "friendly")
    return Voice(
        tone=tone,
        greeting=_GREETINGS.get(tone, "Hello"),
        closing="Warm regards" if warm else _CLOSINGS.get(tone, "Best regards"),
        signature=f",\n{persona.name}" if persona and persona.name else "",
        traits=traits,
    )


def _traits(persona: Persona | None) -> frozenset[str]:
    description = f"{persona.brand_voice} {persona.writing_style}".lower() if persona else ""
    return frozenset(name for name, pattern in _TRAITS.items() if pattern.search(description))
