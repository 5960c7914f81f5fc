"""The sentences of a message: the phrases of a voice, filled with the material."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.domains.content.brief import Fact
from shared.domains.content.generators.local.material import Material
from shared.domains.content.generators.local.reader import Pain, lowered
from shared.domains.content.generators.local.voice import Voice
from shared.domains.content.phrasing import as_sentence, joined_with, single_line
from shared.domains.content.prospect_fit import LineOfWork
from shared.kit.terms import terms

_WORK_NAMES = {"people": "HR"}
_MAX_PHRASE = 10  # words; what is longer is a sentence of its own


@dataclass(frozen=True)
class Sayings:
    """Fills the phrases of a voice; a sentence for which the material has no value is empty."""

    material: Material
    voice: Voice

    @property
    def at_company(self) -> str:
        company = self.material.company
        return self.voice.phrases.at.format(company=company) if company else ""

    def translated(self, phrase: str) -> str:
        """A phrase of the fit rules in the voice's language; any other as it is."""
        company = self.material.company
        for english, other in self.voice.phrases.translations.items():
            if english.replace("{company}", company) == phrase:
                return other.replace("{company}", company)
        return phrase

    def quotation(self, fact: Fact) -> str:
        """The fact in its own words, with the title of its source."""
        return self.voice.phrases.quotation.format(title=self.source(fact), text=single_line(fact.text))

    def source(self, fact: Fact) -> str:
        """The title of the fact's source, in quotation marks."""
        title, phrases = single_line(fact.source.title), self.voice.phrases
        return phrases.quotes.format(title=title) if title else phrases.unnamed_source

    def pain(self, pain: Pain) -> str:
        """One more pain point of the prospect's own."""
        phrases = self.voice.phrases
        return (phrases.own_pain if pain.phrase else phrases.own_pain_sentence).format(pain=pain.text)

    def common_pain(self, angle: str) -> str:
        """The pain point that is common in the prospect's line of work, and says another thing than the angle."""
        work = self.material.work
        if work is None:
            return ""
        angle_terms = set(terms(angle))
        return self.common_pain_of(
            work, min(work.pains, key=lambda pain: len(angle_terms.intersection(self._terms(pain))))
        )

    def common_pain_of(self, work: LineOfWork, pain: str) -> str:
        """A pain point as one that is common in a line of work."""
        values = {"work": self.translated(_WORK_NAMES.get(work.name, work.name)), "pain": self.translated(pain)}
        return self.voice.phrases.common_pain.format(**values)

    def _terms(self, pain: str) -> Sequence[str]:
        return terms(self.translated(pain))

    def angle(self, angle: str) -> str:
        """The subject to talk about: a short phrase within a sentence, a whole sentence after a colon."""
        phrases = self.voice.phrases
        statement = lowered(angle) if self.voice.language == "english" else angle
        if (
            len(statement.split()) <= _MAX_PHRASE
            and (not statement[0].isupper() or phrases.is_translated)
            and statement[-1] not in ".!?"
        ):
            return phrases.angle.format(angle=statement)
        return phrases.angle_sentence.format(angle=as_sentence(angle))

    def uses(self) -> str:
        """The uses of the sender's offer."""
        uses = joined_with(self.voice.phrases.conjunction, self.material.uses)
        return self.voice.phrases.uses.format(uses=uses) if uses else ""

    def industries(self) -> str:
        """The sender's industries."""
        industries = joined_with(self.voice.phrases.conjunction, self.material.industries)
        return self.voice.phrases.industries.format(industries=industries) if industries else ""

    def question(self, variant: int) -> str:
        """The question at the end, another for each of five variants."""
        phrases, given = self.voice.phrases, self.voice.given_name(self.material.name)
        question = phrases.questions[(variant - 1) % len(phrases.questions)]
        return question.format(
            first=f", {given}" if given else "",
            at_company=self.at_company,
            at_company_or_team=self.at_company or phrases.in_team,
        )
