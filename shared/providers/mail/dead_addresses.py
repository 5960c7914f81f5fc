"""Tells from a server's words whether an address takes no mail, now and later (RFC 3463). Pure.

By the enhanced status where that says it, else by the phrases of the well-known servers. A refusal for policy, spam,
size, relaying or a full mailbox says nothing of the address: the next message may be taken. Read by who sends, of an
answer to RCPT, and by who receives, of a bounce.
"""

from shared.kit.patterns import lazy_pattern
from shared.kit.phrases import any_of
from shared.kit.whitespace import one_line

_ENHANCED = lazy_pattern(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_BASIC = lazy_pattern(r"(?<![\d.])([45][0-5]\d)(?=[ :-]|$)")
_OF_THE_DIALOGUE = lazy_pattern(r"(?<![\d.])(?:503|530|535)[ -]")  # out of turn, or without the right to
_OF_RECIPIENT = ("550", "551", "552", "553", "554", "556")  # the SMTP codes after which the words count
# Addresses and links may hold any word: spam@acme.io is as unknown as another.
_QUOTED = lazy_pattern(r"<[^<>\s]{0,320}>|(?<!\S)[^\s@]{1,320}@\S{1,320}|https?://\S{1,320}")
_MAX_WORDS = 4_000
# Subject and detail of a status that is about the address; 4.4, 4.310 and 4.312 say that there is no such domain.
_DEAD = frozenset(["1.1", "1.2", "1.3", "1.4", "1.6", "1.10", "2.1", "4.4", "4.310", "4.312"])
_FULL = any_of(
    r"""
    mailbox (?:\S{1,80} )?(?:is )?(?:full|over)
    (?:over|exceeded?s?|out of|insufficient) (?:\w{1,12} ){0,4}(?:quota|storage|limit
    space)|quota (?:is )?exceed|over ?quota|inbox is full|out of storage|not enough (?:disk )?space|disk full
    mailfolder is full|postfach (?:ist )?(?:voll|überfüllt)|speicherplatz|boîte (?:aux lettres )?(?:\w{1,12} )?pleine
    buzón (?:de \w{1,12} )?(?:está )?(?:lleno|llena)|casella (?:di posta )?(?:è )?piena
    caixa (?:de \w{1,12} )?(?:está )?cheia|postvak (?:is )?vol|mailbox (?:is )?vol|容量(?:超過|が)|いっぱい|邮箱已满
    空间不足
    """
)
# Words that are about something else whatever stands beside them.
_OF_OTHERS = any_of(
    r"""
    (?<!to )(?<!to the )\bsender|\bfrom address|\bfor explanation\b|\badministrative|\btemporar|\bat a rate\b
    \brate.?limit|\bat too high a rate|\baccess denied by\b|receiving (?:mail|messages) too
    """
)
# Words after which an address may be unknown still, where a server names it so first.
_POLICY = any_of(
    r"""
    \bspam|block(?:ed|list| list)|black ?list|deny ?list|\bdnsbl|\brbl\b|spamhaus|barracuda|reputation|\bspf\b
    \bdkim\b|\bdmarc\b|authenticat|polic(?:y|ies)|banned|not authori[sz]ed|unauthori[sz]ed|content|suspicious|virus
    malware|gr[ae]y ?list|too (?:many|quickly|fast|large|big)|throttl|complaint|unsolicited|bulk mail|prohibited
    restrict|only accepts? (?:mail|messages) from|not allowed to send|message size|size limit|\bsize exceeds
    exceeds? (?:the )?(?:\w{1,12} ){0,3}size|\brelay(?!ed recipient| recipient| table)|loop|hop count|private network
    phish|your (?:domain|host|ip|server|message was)|reverse dns|\bptr\b|abgelehnt wegen|richtlinie|certificate|\btls\b
    """
)
_PASSES = any_of(
    r"""
    try (?:again|later)|timed? ?out|connection (?:refused|reset|lost)|service unavailable|retry time|deferred
    network (?:error|unreachable)|no route to host|cannot connect|unable to connect|out of memory
    internal (?:server )?error|local (?:error|problem)|delivery time expired|message expired
    """
)
_UNKNOWN = any_of(
    r"""
    (?:user|recipient|mailbox|account|address|alias|addressee|member)(?: \S{1,80}){0,3}? (?:is )?(?:unknown|not found
    does(?: not|n't|n\W?t) exist|not exist|invalid|disabled|deactivated|inactive|suspended|closed|terminated|no longer
    not known|not listed|was not found|couldn't be found|could not be found|wasn't found|unavailable|discontinued)
    (?:unknown|no such|invalid|nonexistent|non-existent|bad|inactive|disabled|unrouteable|unroutable|unrouted
    undeliverable|expired) (?:local )?(?:\w{1,20} )?(?:user|recipient|mailbox|account|address|alias|person|domain
    destination|local)|not a valid (?:user|recipient|mailbox|address)|isn't (?:a )?valid|undeliverable address
    no mailbox (?:here )?(?:by|with) th|not our customer|not listed in|is not (?:a )?known
    doesn't have an? \S{1,40} account|does not have an? \S{1,40} account|not a \S{1,40} (?:user|customer)
    mailbox (?:has been )?(?:disabled|moved)|account (?:that you tried to reach )?(?:has been |is )?(?:disabled
    does not exist|closed|suspended)|recipnotfound|recipientnotfound|(?:host or )?domain (?:name )?(?:not found
    does not exist|doesn't exist)|nxdomain|host not found|host unknown|unknown host|name or service not known
    unable to (?:find|look up) (?:the )?(?:domain|host)|null ?mx|does not accept (?:e-?)?mail|no valid (?:hosts|mx)
    couldn't find any host|(?:has|have) left|no longer (?:with|works|valid|active|in use|employed)
    unbekannte[rs]? (?:empfänger|benutzer)|empfänger (?:ist )?(?:unbekannt|nicht (?:gefunden|bekannt))|existiert nicht
    n'existe pas|introuvable|inconnue?|utilisateur inconnu|no existe|desconocid[oa]|no se (?:encontró|ha encontrado)
    inesistente|non esiste|sconosciuto|non è stato (?:trovato|possibile trovare)|não existe|inexistente
    desconhecid[oa]|não foi (?:possível )?(?:encontrad|localiza)|bestaat niet|onbekend|niet gevonden|存在しません
    見つかりません|不存在|找不到
    no such (?:user|mailbox) (?:here)?|no (?:mailbox|account|user|one|recipient)s? (?:here )?(?:by|with|of) (?:that
    this) name|no mailbox here|no such (?:domain|person)|(?:recipient|user) (?:address )?(?:is )?not (?:recogni[sz]ed
    listed)|unknown or illegal (?:alias|user|recipient)|mailbox (?:name )?not (?:available|found|exist)
    recipient address rejected: access denied
    """
)


def status_of(declared: str, words: str) -> str | None:
    """The most exact status: the enhanced one of the server's words, else the declared one, else the SMTP code."""
    quoted = _ENHANCED.search(words[:_MAX_WORDS])
    stated = _ENHANCED.search(declared[:200])
    if quoted and (stated is None or stated[2] == "0" or (stated[1] == quoted[1] and quoted[2] != "0")):
        return quoted[0]
    if stated:
        return stated[0]
    basic = _BASIC.search(words[:_MAX_WORDS]) or _BASIC.search(declared[:200])
    return basic[1] if basic else None


def is_dead(status: str | None, words: str) -> bool:
    """Whether nobody is at the address, by the status, as `status_of` has it, and the server's words."""
    bare = one_line(_QUOTED.sub(" ", words[:_MAX_WORDS])).replace("’", "'")
    klass, _, subject = (status or "").partition(".")
    if klass[:1] == "4" or _FULL.search(bare) or subject in ("2.2", "2.3", "2.4"):
        return False
    if _OF_OTHERS.search(bare) or _OF_THE_DIALOGUE.search(bare):
        return False
    unknown, policy = _UNKNOWN.search(bare), _POLICY.search(bare)
    if policy and not (unknown and (subject[:2] in ("1.", "2.") or unknown.start() < policy.start())):
        return False
    if unknown:
        return bool(subject) or klass in ("", *_OF_RECIPIENT)
    return klass == "5" and subject in _DEAD and _PASSES.search(bare) is None
