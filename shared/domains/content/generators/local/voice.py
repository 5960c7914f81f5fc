"""How a persona sounds when no language model speaks for it: greeting, closing, and a few traits."""

import re
from dataclasses import dataclass

from shared.domains.content.brief import Brief
from shared.domains.personas import Persona
from shared.kit import personal_names

_GREETINGS = {"professional": "Hello", "friendly": "Hi", "casual": "Hey", "formal": "Dear"}
_NAMELESS = {"Dear": "Good day"}  # which wants a name
_CLOSINGS = {
    "professional": "Best regards",
    "friendly": "All the best",
    "casual": "Cheers",
    "formal": "Yours sincerely",
}
# What brand voice and writing style can say, and the trait that makes it audible.
_TRAITS = {
    "warm": re.compile(r"\b(?:warm|kind|caring|heartfelt|empath|human)"),
    "gentle": re.compile(r"\b(?:gentle|humble|modest|respectful|never pushy|not pushy|low.pressure|polite|calm)"),
    "direct": re.compile(r"\b(?:direct|bold|blunt|straight|no.nonsense|matter.of.fact|confident|assertive)"),
    "lively": re.compile(r"\b(?:playful|lively|energetic|enthusias|upbeat|fun|witty|cheerful)"),
    "thorough": re.compile(r"\b(?:thorough|detail|expert|authoritative|data|evidence|analytic|scientific)"),
}


@dataclass(frozen=True)
class Voice:
    tone: str
    greeting: str
    closing: str
    signature: str
    traits: frozenset[str]

    def greet(self, name: str) -> str:
        """The first line; `name` is the whole one. Whoever has no given name is greeted without one."""
        person = personal_names.parse(name)
        called = (person.full if self.tone == "formal" else person.given) if person else ""
        greeting = f"{self.greeting} {called}" if called else _NAMELESS.get(self.greeting, self.greeting)
        return f"{greeting}{'!' if 'lively' in self.traits else ','}"

    def close(self) -> str:
        return f"{self.closing}{self.signature}"


def of(brief: Brief) -> Voice:
    """The voice of the brief's persona, in the tone that is asked for."""
    persona, tone = brief.persona, brief.voice
    traits = _traits(persona)
    closing = _CLOSINGS.get(tone, "Best regards")
    warm = "warm" in traits and tone in ("professional", "friendly")
    return Voice(
        tone=tone,
        greeting=_GREETINGS.get(tone, "Hello"),
        closing="Warm regards" if warm else closing,
        signature=f",\n{persona.name}" if persona and persona.name else "",
        traits=traits,
    )


def _traits(persona: Persona | None) -> frozenset[str]:
    said = f"{persona.brand_voice} {persona.writing_style}".lower() if persona else ""
    return frozenset(name for name, pattern in _TRAITS.items() if pattern.search(said))
