"""Stores templates, and fills their placeholders with what is given, the persona and the prospect."""

from collections.abc import Sequence
from datetime import datetime

from shared.domains.content import job_titles
from shared.domains.content.brief import Brief
from shared.domains.content.fitness import find_defects
from shared.domains.content.knowledge import find_knowledge, search_query
from shared.domains.content.scoring import Scores, unfit
from shared.domains.content.service import write_pieces
from shared.domains.personas import service as personas
from shared.domains.personas.models import Persona
from shared.domains.prospects import service as prospects
from shared.domains.prospects.models import Prospect
from shared.domains.templates.models import (
    Template,
    TemplateInput,
    TemplateUpdate,
    TemplateUse,
    UsedTemplate,
)
from shared.domains.templates.repository import repository as repository
from shared.errors import Invalid, NotFound
from shared.gcp import firestore
from shared.gcp.writes import ArrayRemove, ArrayUnion, Increment, Write
from shared.kit import clock, firm_names, personal_names, placeholders
from shared.kit.personal_names import is_no_value
from shared.kit.placeholders import Filled, TooLong
from shared.kit.schema import stamp
from shared.kit.text import shortened
from shared.store import together
from shared.store.together import Lookup

MAX_FILLED = 500_000  # characters: many placeholders times long values
_COPY = " (Copy)"


def create(uid: str, data: TemplateInput) -> Template:
    """One commit."""
    return repository.create(Template(**stamp(uid), **data.model_dump()))


def create_once(uid: str, data: TemplateInput, *, id: str, beside: Sequence[Write] = ()) -> Template:
    """Under an id that tells what it was made for: one commit, with `beside` in it. Raises AlreadyExists."""
    return repository.create(Template(**stamp(uid, id), **data.model_dump()), beside=beside)


def get(uid: str, id: str) -> Template:
    """One round trip; raises NotFound."""
    return repository.get(uid, id)


def find_first(uid: str) -> str:
    """The newest template's id, of the favourites if there are any: one query, or two. Raises NotFound."""
    first = repository.find_first(uid)
    if first is None:
        raise NotFound("There is no template yet; make one, or name one as template_id.")
    return first.id


def update(uid: str, id: str, data: TemplateUpdate, version: datetime | None) -> Template:
    """One read, one commit."""
    fields = repository.changes(data)
    return repository.edit(uid, id, lambda current: {**fields, "updated_at": clock.now()}, version=version)


def delete(uid: str, id: str, version: datetime | None, *, beside: Sequence[Write] = ()) -> None:
    """One commit, with `beside` in it; `shared/domains/links.py` takes the links to it away when its document event
    comes."""
    repository.delete(uid, id, version=version, beside=beside)


def toggle_favorite(uid: str, id: str, *, version: datetime | None = None) -> Template:
    """One read, one commit; of two toggles at once both count."""
    return repository.edit(uid, id, lambda current: {"is_favorite": not current.is_favorite}, version=version)


def duplicate(uid: str, id: str) -> Template:
    """A copy that nobody has used or marked yet: one read, one commit."""
    original = repository.get(uid, id)
    fields = original.model_dump(include=set(TemplateInput.model_fields))
    name = shortened(original.name, 200 - len(_COPY)) + _COPY
    return create(uid, TemplateInput.model_validate({**fields, "name": name}))


def use(uid: str, id: str, data: TemplateUse) -> UsedTemplate:
    """Fill the template and count the use: one read, one commit, and a read each for persona and prospect.

    With `generate` also what it costs to gather knowledge.
    """
    template = repository.get(uid, id)
    persona = personas.get(uid, data.persona_id) if data.persona_id else None
    prospect = prospects.get(uid, data.prospect_id) if data.prospect_id else None
    used = fill(template, data, persona, prospect)
    firestore.client().commit([to_count_use(uid, id)])
    return used


def fill(template: Template, data: TemplateUse, persona: Persona | None, prospect: Prospect | None) -> UsedTemplate:
    """What using the template gives; nothing is counted. Raises Invalid where it would be too long."""
    filled = filled_for(template, data.variables, persona, prospect)
    used = UsedTemplate(
        generated_content=filled.text,
        template_id=template.id,
        template_name=template.name,
        missing_variables=filled.missing,
        scores=_scores_of_unfit(template, filled.text, persona, prospect),
    )
    return _finished(template, data, filled, persona, prospect, used) if data.generate else used


def to_count_use(uid: str, id: str) -> Write:
    """Counts a use, for a commit that others share; `updated_at` stays."""
    return repository.to_update(uid, id, {"usage_count": Increment(1)})


def lookup(uid: str, id: str) -> Lookup[Template]:
    """The template, to be read together with another document. Raises NotFound for an impossible id."""
    return together.lookup(repository, uid, id)


def to_link_vault_item(uid: str, id: str, vault_id: str) -> Write:
    """Name the vault item in the template; fails with NotFound."""
    return repository.to_update(uid, id, {"linked_vault_ids": ArrayUnion((vault_id,))})


def to_unlink_vault_item(uid: str, id: str, vault_id: str) -> Write:
    """Name the vault item in the template no more; fails with NotFound."""
    return repository.to_update(uid, id, {"linked_vault_ids": ArrayRemove((vault_id,))})


def filled_for(
    template: Template, variables: dict[str, str], persona: Persona | None, prospect: Prospect | None
) -> Filled:
    """The text with its values: given ones first, then what persona and prospect say. Raises Invalid."""
    try:
        return placeholders.fill(template.content, {**_known(persona, prospect), **variables}, limit=MAX_FILLED)
    except TooLong as error:
        raise Invalid.at("variables", f"{error}; shorten them") from error


def _known(persona: Persona | None, prospect: Prospect | None) -> dict[str, str]:
    """What persona and prospect say of the well-known variables; what they leave open, or call `N/A`, stays missing."""
    values: dict[str, str | None] = {}
    if prospect:
        values |= {"name": prospect.name, "email": prospect.email}
        values |= {
            "company": firm_names.spoken(prospect.company),
            "job_title": job_titles.spoken(prospect.job_title),
        }
        person = personal_names.parse(prospect.name)
        if person:
            values |= {"name": person.full, "first_name": person.given, "last_name": person.family}
    if persona:
        values |= {"sender": persona.name, "tone": persona.outreach_tone}
    return {name: value for name, value in values.items() if value and not is_no_value(value)}


def _scores_of_unfit(
    template: Template, text: str, persona: Persona | None, prospect: Prospect | None
) -> Scores | None:
    """The scores of a filled text that is not fit to leave; a fit one is the author's own and has none."""
    defects = find_defects(Brief(template.category, persona=persona, prospect=prospect), text)
    return unfit(defects) if defects else None


def _finished(
    template: Template,
    data: TemplateUse,
    filled: Filled,
    persona: Persona | None,
    prospect: Prospect | None,
    used: UsedTemplate,
) -> UsedTemplate:
    """The content service's versions of the filled text; placeholders without a value stay in them."""
    brief = Brief(
        kind=template.category, template_text=filled.text, persona=persona, prospect=prospect, variants=data.variants
    )
    wanted = search_query(brief) if prospect else f"{template.name} {template.description}"
    knowledge = find_knowledge(template.user_id, wanted, vault_ids=data.vault_ids, search=data.use_knowledge)
    pieces = write_pieces(brief.with_facts(knowledge.facts))
    remaining = placeholders.names(pieces[0].text)
    return used.model_copy(
        update={
            "generated_content": pieces[0].text,
            "missing_variables": [name for name in filled.missing if name in remaining],
            "generator": pieces[0].generator,
            "scores": pieces[0].scores,
            "variants": pieces,
        }
    )
