"""The persona's voice in a local text: its language, its register, and the greeting and closing that go with them."""

from dataclasses import dataclass

from shared.domains.content.brief import Brief
from shared.domains.content.generators.local.english import ENGLISH
from shared.domains.content.generators.local.french import FRENCH
from shared.domains.content.generators.local.german import GERMAN
from shared.domains.content.generators.local.language import Language, language_of
from shared.domains.content.generators.local.phrases import Phrases, Register
from shared.domains.content.generators.local.spanish import SPANISH
from shared.domains.personas.models import Persona
from shared.kit import personal_names
from shared.kit.patterns import lazy_pattern
from shared.kit.personal_names import PersonalName, bare_word

_PHRASES: dict[Language, dict[Register, Phrases]] = {
    "english": ENGLISH,
    "german": GERMAN,
    "french": FRENCH,
    "spanish": SPANISH,
}
_FRIENDLY_GREETING = "Hi {name},"
_FRIENDLY_CLOSING = "All the best"
_GERMAN_TITLES = {"frau": "Sehr geehrte Frau", "mrs": "Sehr geehrte Frau", "ms": "Sehr geehrte Frau"}
_GERMAN_TITLES |= {"herr": "Sehr geehrter Herr", "mr": "Sehr geehrter Herr"}
# Words of a persona's brand voice and writing style that give its voice a trait.
_TRAITS = {
    "warm": lazy_pattern(r"\b(?:warm|kind|caring|heartfelt|empath|human|herzlich|chaleureu|cálid)"),
    "gentle": lazy_pattern(r"\b(?:gentle|humble|modest|respectful|never pushy|not pushy|low.pressure|polite|calm)"),
    "direct": lazy_pattern(
        r"\b(?:direct|bold|blunt|straight|no.nonsense|matter.of.fact|confident|assertive|terse|short sentences|laconic"
        r"|direkt|knapp|kurze sätze|phrases courtes|frases cortas|directo)"
    ),
    "lively": lazy_pattern(r"\b(?:playful|lively|energetic|enthusias|upbeat|fun|witty|cheerful|cheeky)"),
    "thorough": lazy_pattern(r"\b(?:thorough|detail|expert|authoritative|data|evidence|analytic|scientific)"),
    "formal": lazy_pattern(r"\b(?:formal|academic|ceremonious|förmlich|formell|soutenu|solemn)"),
    "casual": lazy_pattern(
        r"\b(?:casual|informal|relaxed|chatty|colloquial|locker|duzen|per du|tutoie|tutoyer|tutear|cercano)"
    ),
}


@dataclass(frozen=True)
class Voice:
    """The phrases of a persona in a tone, its language, register, greeting and closing, and its traits."""

    language: Language
    register: Register
    phrases: Phrases
    named_greeting: str
    closing: str
    signature: str
    traits: frozenset[str]

    def greet(self, name: str) -> str:
        """The salutation; `name` is the full name. A recipient who cannot surely be addressed is greeted without."""
        person = personal_names.parse(name)
        addressee = self._addressee(person) if person else ""
        if not addressee:
            greeting = self.phrases.nameless_greeting
        elif addressee.startswith("Sehr geehrte"):
            greeting = f"{addressee},"
        else:
            greeting = self.named_greeting.format(name=addressee)
        return f"{greeting[:-1]}!" if "lively" in self.traits and self.language == "english" else greeting

    def given_name(self, name: str) -> str:
        """The given name to address the reader by within a text; empty in a formal register."""
        return (
            ""
            if self.register == "formal" or (self.language != "english" and self.register != "casual")
            else personal_names.first_name(name)
        )

    def close(self) -> str:
        """The closing line with the signature."""
        return f"{self.closing}{self.signature}"

    def _addressee(self, person: PersonalName) -> str:
        if self.register == "casual" or (self.language == "english" and self.register != "formal"):
            return person.address
        words = person.title.split()
        if self.language == "german" and words and (form := _GERMAN_TITLES.get(bare_word(words[0]))) and person.family:
            return " ".join([form, *words[1:], person.family])
        return person.full if person.title or " " in person.spoken else person.address


def voice_of(brief: Brief) -> Voice:
    """The voice of the brief's persona in the brief's tone."""
    persona, tone = brief.persona, brief.effective_tone
    traits, language = _traits(persona), language_of(persona)
    register = _register(tone, traits)
    phrases = _PHRASES[language][register]
    is_friendly = tone == "friendly" and register == "plain" and language == "english"
    closing = _FRIENDLY_CLOSING if is_friendly else phrases.closing
    if "warm" in traits and register == "plain" and language == "english":
        closing = "Warm regards"
    return Voice(
        language=language,
        register=register,
        phrases=phrases,
        named_greeting=_FRIENDLY_GREETING if is_friendly else phrases.named_greeting,
        closing=closing,
        signature=f",\n{persona.name}" if persona and persona.name else "",
        traits=traits,
    )


def _register(tone: str, traits: frozenset[str]) -> Register:
    """The register of a tone; where the tone leaves it open, that of the persona's traits."""
    if tone in ("formal", "casual"):
        return "formal" if tone == "formal" else "casual"
    if "formal" in traits and "casual" not in traits:
        return "formal"
    if "direct" in traits:
        return "terse"
    return "casual" if traits & {"casual", "lively"} else "plain"


def _traits(persona: Persona | None) -> frozenset[str]:
    description = f"{persona.brand_voice} {persona.writing_style}".lower() if persona else ""
    return frozenset(name for name, pattern in _TRAITS.items() if pattern.search(description))
