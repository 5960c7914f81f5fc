"""The phrases of one language and register, and which of them suit a reason for writing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Register = Literal["formal", "plain", "casual", "terse"]
# What a message begins with: the reason for writing it.
Reason = Literal[
    "pain",  # a pain point of the prospect's own, as a phrase
    "pain_sentence",
    "known",  # a sentence about the prospect or the company that continues “I read that”
    "noticed",  # any other sentence of the prospect's summary
    "fact",  # a quotation from the vault
    "role_at",
    "role",
    "company",
    "focus",
    "angle",
    "nothing",
]


@dataclass(frozen=True)
class Phrases:
    """The sentences of a message; each has the placeholders that its name tells.

    An opening may have several sentences, one for each further variant. `translations` are those of the phrases that
    the fit rules have in English; `{company}` in them is the prospect's.
    """

    named_greeting: str
    nameless_greeting: str
    closing: str
    openings: Mapping[Reason, tuple[str, ...]]
    follow_ups: tuple[str, str, str]
    follow_up_without: str  # where no subject is known
    quotation: str
    unnamed_source: str
    common_pain: str
    own_pain: str
    own_pain_sentence: str
    angle: str
    angle_sentence: str
    uses: str
    industries: str
    questions: tuple[str, str, str, str, str]
    no_pressure: str
    subjects: tuple[str, str, str]
    follow_up_subject: str
    no_subject: str
    conjunction: str = "and"
    at: str = " at {company}"
    in_team: str = " in your team"
    quotes: str = "“{title}”"
    translations: Mapping[str, str] = field(default_factory=dict)
    is_translated: bool = False  # phrases that are not among the translations follow a colon
