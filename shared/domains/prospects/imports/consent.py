"""Who has said no, and how far one has come with everybody else: what status and consent columns mean.

Columns that say no win over those that say nothing, wherever they stand in the table.
"""

import re
from collections.abc import Iterable, Sequence
from typing import get_args

from shared.domains.prospects.imports.vocabulary import NO_WITHIN, Field, word
from shared.domains.prospects.models import REFUSALS, ProspectStatus

_STATUSES: dict[ProspectStatus, str] = {
    "unsubscribed": """unsubscribed unsubscribe optout optedout donotcontact donotemail donotmail donotdisturb dnc
        blacklisted blocklisted suppressed stop spam complained complaint abgemeldet ausgetragen widerrufen gesperrt
        nichtkontaktieren keinewerbung desinscrit desabonne nepascontacter dadodebaja baja nocontactar disiscritto
        noncontattare cancellato revocato emailoptout noconsent""",
    "not_interested": """notinterested nointerest uninterested declined rejected refused unqualified disqualified lost
        closedlost closednotconverted badfit nofit notafit wrongperson dead keininteresse abgelehnt verloren
        unqualifiziert pasinteresse nonqualifie perdu refuse nointeresado sininteres perdido descartado noninteressato
        nessuninteresse perso scartato""",
    "bounced": "cleaned undeliverable hardbounce hardbounced hardbounces unzustellbar",
    "converted": """converted closedconverted customer client won closedwon opportunity paying kunde gewonnen
        konvertiert converti gagne cliente ganado convertido convertito vinto""",
    "meeting_booked": """meetingbooked meeting meetingscheduled meetingset demo demoscheduled demobooked appointment
        termin terminvereinbart besprechung rendezvous rendezvouspris rdv rdvpris reunion reunionagendada cita
        riunione appuntamento appuntamentofissato""",
    "replied": """replied responded answered engaged connected interested opendeal warm hot geantwortet beantwortet
        interessiert repondu interesse respondido interesado interessato risposto harisposto""",
    "follow_up_needed": """followupneeded followup nurture nurturing badtiming later callback wiedervorlage nachfassen
        relance arelancer seguimiento dacontattare daricontattare""",
    "contacted": """contacted attempted attemptedtocontact inprogress working workingcontacted approaching reachedout
        emailed mailed called unresponsive noreply kontaktiert angeschrieben inbearbeitung contacte encours
        contactado encontacto encurso contattato incorso""",
    "analyzed": "analyzed analysed qualified mql sql marketingqualifiedlead salesqualifiedlead qualifiziert qualifie",
    "new": """new open notcontacted uncontacted notattempted cold lead prospect subscriber subscribed verified valid
        active neu offen abonniert nouveau ouvert inscrit nuevo abierto suscrito nuovo aperto iscritto""",
}
_STRONGEST_FIRST: tuple[ProspectStatus, ...] = (
    *("complained", "do_not_contact", "unsubscribed", "bounced", "not_interested"),
)
_STATUS_OF = {name: status for status, names in _STATUSES.items() for name in names.split()}
_STATUS_OF |= {word(status): status for status in get_args(ProspectStatus)}
# Within longer texts such as "Unsubscribed on 2024-05-01 (newsletter)" or "emailsBounced".
_WITHIN: tuple[tuple[str, ProspectStatus], ...] = (
    *((no, "unsubscribed") for no in NO_WITHIN),
    *(("hardbounce", "bounced"), ("emailsbounced", "bounced"), ("emailbounced", "bounced")),
    *(("notinterested", "not_interested"), ("spamcomplaint", "complained")),
)
_DENIALS = ("not", "never", "non", "no", "nicht")  # "not unsubscribed"
# Columns that hold a state by whatever name: "lastState", "Interest Status", "Call Disposition".
_STATES = (
    *("status", "state", "stage", "disposition", "outcome", "result", "reason", "event", "segment", "subscription"),
    *("zustand", "statut", "etat", "estado", "stato"),
)
_LONGEST_STATE = 60  # characters: what is longer is prose
_YES = frozenset(
    [
        *("yes", "y", "true", "t", "x", "checked", "on", "optedin", "optin", "subscribed", "granted", "given"),
        *("ja", "wahr", "oui", "o", "vrai", "si", "s", "verdadero", "vero"),
    ]
)
_NO = frozenset(
    [
        *("no", "n", "false", "f", "off", "unchecked", "never", "nein", "falsch", "non", "faux", "falso"),
        *("keine", "keiner", "aucun", "aucune", "ninguno", "ninguna", "nessuno", "nessuna", "null", "none"),
    ]
)
_CONSENTED = frozenset(["optedin", "optin", "subscribed"])
_REFUSED = frozenset(["optedout", "optout", "unsubscribed", "declined", "denied", "withdrawn", "revoked"])


class Unclear(ValueError):
    """A consent column holds a value that is neither yes nor no: whoever it is, nobody may guess."""


def status_of(cells: Sequence[tuple[Field | None, str, str]]) -> tuple[ProspectStatus | None, list[str]]:
    """The status that the (field, column, value) cells of a row give, and notes on the values that mean nothing here.

    A tag or the state in a column without a field gives one only where it says no, which is noted too. Raises Unclear.
    """
    statuses: list[ProspectStatus] = []
    notes: list[str] = []
    for field, column, value in cells:
        if field == "status":
            status = _status(value)
            statuses += [status] if status else []
            notes += [] if status else [f"{column} {value[:80]!r} is no status here"]
        elif field in ("opted_out", "opted_in", "bounced"):
            no: ProspectStatus = "bounced" if field == "bounced" else "unsubscribed"
            statuses += [no] if _says_no(field, column, value) else []
        elif field == "tags" or (field is None and _holds_a_state(column)):
            parts = re.split(r":::|[,;|]", value) if field else [value[: _LONGEST_STATE + 1]]
            given = [_status(part) for part in parts if len(part) <= _LONGEST_STATE]
            refusals = [status for status in given if status in REFUSALS]
            statuses += refusals
            notes += [f"{column or 'a cell'} {value[:80]!r} was read as {status}" for status in refusals]
    return _strongest(statuses), notes


def stronger(first: ProspectStatus, second: ProspectStatus) -> ProspectStatus:
    """Of two statuses of one person the one that says no."""
    return _strongest([first, second]) or first


def _strongest(statuses: Iterable[ProspectStatus]) -> ProspectStatus | None:
    given = list(statuses)
    for refusal in _STRONGEST_FIRST:
        if refusal in given:
            return refusal
    return next((status for status in given if status != "new"), given[0] if given else None)


def _holds_a_state(column: str) -> bool:
    return column == "" or word(column).endswith(_STATES)


def _status(value: str) -> ProspectStatus | None:
    name = word(value)
    if name in _STATUS_OF:
        return _STATUS_OF[name]
    return next((status for part, status in _WITHIN if part in name and not _denied(name, part)), None)


def _denied(name: str, part: str) -> bool:
    return any(name.startswith(denial + part) for denial in _DENIALS)


def _says_no(field: Field, column: str, value: str) -> bool:
    """Whatever stands in the column of an opt-out is one, unless it says that there is none. Raises Unclear."""
    name = word(value)
    asks_for_consent = field == "opted_in"
    if not name:  # digits alone: a flag, a time
        digits = value.strip()
        zero = digits.strip("0.") == "" and digits != ""
        return zero == asks_for_consent
    if name in _CONSENTED or any(_denied(name, no) for no in NO_WITHIN):
        return False
    if name in _REFUSED or any(no in name for no in NO_WITHIN):
        return True
    if name in _NO:
        return asks_for_consent
    if not asks_for_consent:
        return True
    if name in _YES or any(character.isdigit() for character in value):  # "24 Nov 2026", "2026-01-01T00:00Z": since
        return False
    raise Unclear(f"{column}: {value[:80]!r} is neither yes nor no, and says not whether this person may be written to")
