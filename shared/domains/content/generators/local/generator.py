"""The local generator: deterministic rules over the brief's own facts, with no network and no language model."""

from collections.abc import Callable, Iterator, Sequence

from shared.domains.content import prospect_fit
from shared.domains.content.brief import Brief
from shared.domains.content.formats import FORMATS
from shared.domains.content.generators.base import Draft
from shared.domains.content.generators.local.documents import write_document
from shared.domains.content.generators.local.messages import write_message
from shared.domains.content.generators.local.posts import write_post
from shared.domains.content.generators.local.template_completion import complete_template
from shared.domains.content.prospect_fit import Analysis
from shared.domains.personas.models import Persona
from shared.domains.prospects.models import Prospect
from shared.kit import ranking

_WRITERS: dict[str, Callable[[Brief, int], Draft]] = {
    "message": write_message,
    "post": write_post,
    "document": write_document,
}


class LocalGenerator:
    """Writes by rules; the same brief always gives the same drafts."""

    name = "local-template"

    def analyze(self, prospect: Prospect, persona: Persona | None) -> Analysis:
        """Scores the prospect by the fit rules."""
        return prospect_fit.analyze(prospect, persona)

    def write(self, brief: Brief) -> list[Draft]:
        """Writes the brief's variants, or completes its template in as many ways."""
        write = complete_template if brief.template_text else _WRITERS[FORMATS[brief.kind].family]
        return [write(brief, variant) for variant in range(1, brief.variants + 1)]

    def stream(self, brief: Brief) -> Iterator[str | Draft]:
        """Yields the first variant's text at once, then the draft."""
        draft = self.write(brief)[0]
        yield draft.text
        yield draft

    def summarize(self, texts: Sequence[str], sentences: int) -> list[str]:
        """Picks the sentences that contain most of the texts' common terms, in their own words."""
        return ranking.key_sentences("\n".join(texts), sentences)
