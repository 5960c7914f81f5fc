"""Writes outreach messages with the content service and stores the best variant as a draft."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from shared.domains.content.brief import Brief, Kind
from shared.domains.content.knowledge import find_knowledge, search_query
from shared.domains.content.pieces import Piece, best_piece
from shared.domains.content.service import write_pieces
from shared.domains.outreach.models import (
    Channel,
    DraftOptions,
    EmailVariant,
    Generated,
    GenerateInput,
    Outreach,
    OutreachKind,
    SocialPost,
)
from shared.domains.outreach.repository import repository
from shared.domains.personas import service as personas
from shared.domains.personas.models import Persona
from shared.domains.prospects import service as prospects
from shared.domains.prospects.models import Prospect
from shared.domains.templates import service as templates
from shared.domains.templates.models import Template
from shared.domains.vault import service as vault
from shared.domains.vault.models import VaultItem
from shared.errors import Invalid
from shared.gcp.writes import Write
from shared.kit import firm_names, personal_names
from shared.kit.placeholders import Filled
from shared.kit.schema import stamp
from shared.kit.text import shortened

_MAX_BODY = 10_000


@dataclass(frozen=True)
class WrittenMessage:
    """The variants of a message, not yet stored."""

    prospect: Prospect
    persona: Persona | None
    options: DraftOptions
    brief: Brief
    pieces: list[Piece]
    missing_variables: list[str]  # placeholders of the template without a value
    items: tuple[VaultItem, ...]  # the vault items that the caller named

    @property
    def best(self) -> Piece:
        """The variant with the highest overall score."""
        return best_piece(self.pieces)


def generate(uid: str, data: GenerateInput, *, id: str | None = None, beside: Sequence[Write] = ()) -> Generated:
    """Writes variants in the default persona's voice and stores the best as a draft: one commit, with `beside` in it.

    Costs three reads, another for a template, and the search for knowledge.
    """
    prospect = prospects.get(uid, data.prospect_id)
    template = templates.get(uid, data.template_id) if data.template_id else None
    written = write_message(prospect, personas.find_default(uid), data, template, data.vault_ids)
    message = build_message(written, stamp(uid, id))
    linked = [vault.to_link_outreach(item, message.id) for item in written.items]
    stored = repository.create(message, beside=[*linked, *to_count_template_use(uid, template), *beside])
    return Generated(
        outreach=stored,
        emails=[_email(piece, prospect) for piece in written.pieces],
        social_posts=_social_posts(written) if data.include_social else [],
        missing_variables=written.missing_variables,
    )


def write_message(
    prospect: Prospect,
    persona: Persona | None,
    options: DraftOptions,
    template: Template | None,
    vault_ids: Sequence[str] = (),
) -> WrittenMessage:
    """Finds facts and writes the variants; stores nothing.

    Raises AppError when a provider refuses, Invalid for a filled template that is too long.
    """
    filled = _filled(template, persona, prospect)
    brief = Brief(
        kind=_kind(options.channel, options.kind),
        template_text=filled.text if filled else "",
        persona=persona,
        prospect=prospect,
        purpose=options.kind,
        tone=options.tone,
        variants=options.variants,
    )
    query = search_query(brief)
    knowledge = find_knowledge(prospect.user_id, query, vault_ids=vault_ids, search=options.use_knowledge)
    brief = brief.with_facts(knowledge.facts)
    return WrittenMessage(
        prospect, persona, options, brief, write_pieces(brief), filled.missing if filled else [], knowledge.items
    )


def build_message(written: WrittenMessage, entity_fields: Mapping[str, Any]) -> Outreach:
    """Builds the draft of the best variant; `entity_fields` are the fields that every entity begins with."""
    piece, prospect = written.best, written.prospect
    return Outreach(
        **entity_fields,
        prospect_id=prospect.id,
        prospect_name=prospect.name,
        company=prospect.company,
        channel=written.options.channel,
        kind=written.options.kind,
        tone=piece.tone,
        subject=_subject(piece, prospect),
        body=piece.text,
        persona_id=written.persona.id if written.persona else None,
        generator=piece.generator,
        variant=piece.variant,
        template_id=written.options.template_id,
        scores=piece.scores,
        sources=piece.sources,
        unsupported_words=piece.unsupported_words,
        linked_vault_ids=[item.id for item in written.items],
    )


def to_count_template_use(uid: str, template: Template | None) -> list[Write]:
    """The write that counts the template's use; none without a template."""
    return [templates.to_count_use(uid, template.id)] if template else []


def _filled(template: Template | None, persona: Persona | None, prospect: Prospect) -> Filled | None:
    if template is None:
        return None
    filled = templates.filled_for(template, {}, persona, prospect)
    if len(filled.text) > _MAX_BODY:
        problem = f"filled, it has {len(filled.text):,} characters; a message has at most {_MAX_BODY:,}"
        raise Invalid.at("template_id", problem)
    return filled


def _kind(channel: Channel, kind: OutreachKind) -> Kind:
    if channel == "linkedin":
        return "linkedin_dm"
    return "follow_up" if kind == "follow_up" else "email"


def _subject(piece: Piece, prospect: Prospect) -> str:
    """The piece's subject; a LinkedIn message has none and gets one for lists."""
    person = personal_names.parse(prospect.name)
    reader = person.full if person else firm_names.spoken(prospect.company)
    return piece.subject or shortened(f"For {reader}" if reader else "A LinkedIn message", 200)


def _email(piece: Piece, prospect: Prospect) -> EmailVariant:
    return EmailVariant(
        variant=piece.variant,
        subject=_subject(piece, prospect),
        body=piece.text,
        scores=piece.scores,
        sources=piece.sources,
        unsupported_words=piece.unsupported_words,
    )


def _social_posts(written: WrittenMessage) -> list[SocialPost]:
    """Writes posts for the same audience; a post names nobody."""
    pieces = write_pieces(replace(written.brief, kind="linkedin_post", template_text=""))
    return [
        SocialPost(
            variant=piece.variant,
            caption=piece.text,
            hashtags=piece.hashtags,
            scores=piece.scores,
            unsupported_words=piece.unsupported_words,
        )
        for piece in pieces
    ]
