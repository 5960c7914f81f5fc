"""The local generator: rules over the brief's own facts. No network, no model.

Deterministic and honest: what it says is true of the input, and its name says what it is.
"""

from collections.abc import Callable, Iterator, Sequence

from shared.domains.content import prospect_fit
from shared.domains.content.brief import Analysis, Brief, Draft
from shared.domains.content.formats import FORMS
from shared.domains.content.generators.local import documents, messages, posts, template_completion
from shared.domains.personas import Persona
from shared.domains.prospects.models import Prospect
from shared.kit import ranking

_WRITERS: dict[str, Callable[[Brief, int], Draft]] = {
    "message": messages.write,
    "post": posts.write,
    "document": documents.write,
}


class LocalGenerator:
    name = "local-template"

    def analyze(self, prospect: Prospect, persona: Persona | None) -> Analysis:
        return prospect_fit.analyze(prospect, persona)

    def write(self, brief: Brief) -> list[Draft]:
        compose = template_completion.write if brief.text else _WRITERS[FORMS[brief.kind].family]
        return [compose(brief, variant) for variant in range(1, brief.variants + 1)]

    def stream(self, brief: Brief) -> Iterator[str | Draft]:
        draft = self.write(brief)[0]
        yield draft.text
        yield draft

    def summarize(self, texts: Sequence[str], sentences: int) -> list[str]:
        """The sentences that have most of what all texts are about, in their own words."""
        return ranking.key_sentences("\n".join(texts), sentences)
