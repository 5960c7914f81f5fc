"""Tells what a person wrote from what their mail program quotes below, above or between it.

quotequail knows how mail programs introduce a quotation; here is what it does not: languages and programs it lacks,
introductions of several lines, blocks of header fields, and answers between quoted lines.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from quotequail import quote

from shared.kit.patterns import lazy_pattern
from shared.kit.word_table import table

_MAX_LINES = 4  # of an introduction that was wrapped
_MAX_INTRODUCTION = 400  # characters
_MAX_SEARCHED = 5_000  # lines in which introductions are looked for; below, marks alone tell
_SHORTEST = 4  # characters of an introduction
# `Ann <ann@acme.io> … :` with a date or a time, whatever the language.
_OF_ADDRESS = lazy_pattern(r"[^\n]{0,300}[\w.+-]{1,64}@[\w.-]{1,100}[^\n]{0,100}:")
_DATED = lazy_pattern(r"\d{4}|\d{1,2}[:.h]\d{2}|\d{1,2}[./-]\d{1,2}[./-]\d{2}")
_OTHERS = lazy_pattern(
    r"on .{4,300} (?:wrote|writes):|.{2,300}\bwrote (?:on|at|in) .{4,200}:|"
    r"(?:am|den) .{4,300}geschrieben:|.{2,200} schrieb am .{4,200}:|am .{4,200} schrieb ?:|"
    r"(?:le|el) .{4,300} (?:a écrit|écrivait|escribi[óo]|ha escrito) ?:|"
    r"(?:il (?:giorno )?|in data |on ).{4,300} ha scritto ?:|.{2,200} ha scritto (?:il|in data) .{4,200}:|"
    r"(?:em|no dia|na|a) .{4,300} escreveu ?:|op .{4,300} (?:schreef|geschreven).{0,200}:|"
    r"(?:den|w dniu|dne|на) .{4,300} (?:skrev|napisa\S{1,9}|пишет|pisze|написал\S{0,9}).{0,200}:|"
    r".{0,200}\d{1,2}.{0,200}(?:のメール|さんは書きました|さんが書きました|写道|寫道|kirjoitti|wrote) ?:|"
    r"(?:在|於|于) .{2,300} ?(?:写道|寫道|写到) ?:|\d{4}[年/.-] ?\d{1,2}[月/.-] ?\d{1,2}.{0,200}<.{3,200}> ?:",
    re.I,
)
_STARTERS = (
    "on ",
    "am ",
    "le ",
    "el ",
    "il ",
    "em ",
    "op ",
    "den ",
    "in data ",
    "no dia ",
    "w dniu ",
    "在",
    "於",
    "于",
)
_DATED_START = lazy_pattern(r"\d{4}[年/.-]")
_DIVIDERS = lazy_pattern(
    r"(?:[-_=*]{2,} ?)?(?:begin |anfang der |début du |inicio del? |inizio )?(?:original message|original email|"
    r"original appointment|forwarded message|forwarded by .{1,200}|ursprüngliche nachricht|"
    r"(?:original|ursprungs)nachricht|weitergeleitete(?:n|r|s)? (?:nachricht|e-mail)|weitergeleitet von .{1,200}|"
    r"message d'origine|message original|message transféré|message réexpédié|mensaje original|mensaje reenviado|"
    r"messaggio originale|messaggio inoltrato|messaggio originario|mensagem original|mensagem encaminhada|"
    r"oorspronkelijk bericht|origineel bericht|doorgestuurd bericht|元のメッセージ|転送されたメッセージ|"
    r"wiadomość oryginalna|oryginalna wiadomość|ursprungligt meddelande|oprindelig meddelelse|opprinnelig melding|"
    r"vidarebefordrat meddelande|пересылаемое сообщение|исходное сообщение|原始邮件|"
    r"原始郵件|转发的邮件|转发邮件|轉寄的郵件|转发信息|回复的原邮件)(?: ?[-_=*]{2,}| ?:|)",
    re.I,
)
_FORWARD_WORDS = lazy_pattern(
    r"forward|weitergeleitet|transféré|réexpédié|reenviad|inoltrat|encaminhad|doorgestuurd|転送|转发|轉寄", re.I
)
_FORWARD_SUBJECT = lazy_pattern(r"(?:fwd?|wg|tr|rv|i|enc|doorst|vs|転送|转发|轉寄)\s?[:：]", re.I)
# Some phones write the whole quotation on the line of the answer.
_GLUED = lazy_pattern(
    r"(?<!-)-{5,20} ?(?:original message|original e-?mail|ursprüngliche nachricht|originalnachricht|message d'origine|"
    r"mensaje original|messaggio originale|mensagem original|oorspronkelijk bericht|oryginalna wiadomość|"
    r"ursprungligt meddelande|original besked) ?-{5,20}(?!-)"
    r"|(?<=[.!?)])(?:sent from my |gesendet von meine|von meinem |envoyé d(?:e|epuis) mon |enviado desde mi |"
    r"inviato dal mio |skickat från min |verzonden vanaf mijn )",
    re.I,
)
_RULE = lazy_pattern(r"[_-]{20,200}|-{3,20}[^-]{3,60}-{3,20}")  # with or without words, in whatever language
_LABELS = {
    "from": table("from von de da van 差出人 发件人 寄件者 寄件人 från fra od от lähettäjä"),
    "date": table(
        "sent date gesendet datum envoyé envoyé_le enviado enviado_el enviado_em enviada_em enviada fecha data inviato "
        "inviato_il verzonden 送信日時 日時 日付 送信日 发送时间 日期 寄件日期 傳送日期 skickat sendt wysłano дата"
    ),
    "to": table("to an à a para aan per pour 宛先 收件人 till til do кому"),
    "cc": table("cc kopie copie copia 抄送 副本 kopia"),
    "subject": table("subject betreff objet asunto oggetto assunto onderwerp 件名 主题 主旨 ämne emne temat тема"),
}
_KIND_OF = {label.replace("_", " "): kind for kind, labels in _LABELS.items() for label in labels}
_BLOCK_LINES = 10  # in which a block of header fields shows three of them


@dataclass(frozen=True)
class Words:
    """The runs of lines that a person wrote; between two of them others are quoted."""

    runs: tuple[tuple[str, ...], ...]
    is_forward: bool


def written(text: str, subject: str = "") -> Words:
    """What the person wrote of a text."""
    lines = _GLUED.sub(_on_its_line, text).split("\n")
    runs: list[tuple[str, ...]] = []
    run: list[str] = []
    is_forward = _FORWARD_SUBJECT.match(subject) is not None
    position = 0
    while position < len(lines):
        line = lines[position]
        if line.startswith(">"):
            if any(run):
                runs.append(tuple(run))
            run = []
        elif position >= _MAX_SEARCHED or len(line) < _SHORTEST:
            run.append(line)
        elif (end := _introduction(lines, position)) is not None:
            if not _is_marked(lines, end):
                is_forward = is_forward or _FORWARD_WORDS.search(line) is not None
                break
            position = end - 1
        elif _is_below(lines, position):
            is_forward = is_forward or _FORWARD_WORDS.search(line) is not None
            break
        else:
            run.append(line)
        position += 1
    if any(run):
        runs.append(tuple(run))
    return Words(tuple(runs), is_forward)


def _on_its_line(match: re.Match[str]) -> str:
    return f"\n{match[0]}\n" if match[0].startswith("-") else f"\n{match[0]}"


def unmarked(text: str) -> str:
    """All lines of a text, without quotation marks: of a mail that only passes another on."""
    return "\n".join(line.lstrip("> ") for line in text.split("\n")).strip()


def _introduction(lines: Sequence[str], start: int) -> int | None:
    """Where the lines end that introduce a quotation, if they begin here."""
    if not lines[start] or not _may_begin(lines[start]):
        return None
    joined = ""
    for number in range(start, min(start + _MAX_LINES, len(lines))):
        line = lines[number]
        joined = f"{joined} {line.lstrip('> ')}".strip().replace("：", ":")
        if not line or len(joined) > _MAX_INTRODUCTION:
            return None
        if joined.endswith(":") and _introduces(joined):
            return number + 1
    return None


def _may_begin(line: str) -> bool:
    lower = line.lower()
    return lower.startswith(_STARTERS) or _DATED_START.match(line) is not None or line.endswith((":", "："))


def _introduces(line: str) -> bool:
    if _OTHERS.fullmatch(line) or (_OF_ADDRESS.fullmatch(line) and _DATED.search(line)):
        return True
    return bool(_DATED.search(line)) and not quote(line, quote_intro_line=True)[0][1]


def _is_marked(lines: Sequence[str], start: int) -> bool:
    """Whether the next lines are quoted by marks, so that others below may be the person's own."""
    return next((line.startswith(">") for line in lines[start : start + 5] if line), False)


def _is_below(lines: Sequence[str], position: int) -> bool:
    """Whether everything from this line on is quoted."""
    line = lines[position].strip("* ")
    if not line:
        return False
    ruled = len(line) <= 250 and (line.startswith(("--", "__", "==", "**")) or line.endswith(":"))
    if ruled and (_DIVIDERS.fullmatch(line) or not quote(line, quote_intro_line=True)[0][1]):
        return True
    begin = position + 1 if _RULE.fullmatch(line) else position
    return _is_header_block(lines[begin : begin + _BLOCK_LINES])


def _is_header_block(lines: Sequence[str]) -> bool:
    """Whether lines begin as Outlook quotes: `From:` first, then two other fields of a mail's head."""
    kinds: list[str] = []
    for line in (line.lstrip("> ") for line in lines):
        kind = _label(line)
        if line and kind is None and not kinds:
            return False
        if kind and kind not in kinds:
            kinds.append(kind)
    begins = kinds[:1] == ["from"] or kinds[:2] == ["date", "from"]
    return begins and len(kinds) >= 3 and ("date" in kinds or "subject" in kinds)


def _label(line: str) -> str | None:
    name, colon, _ = line[:60].replace("：", ":").partition(":")
    return _KIND_OF.get(name.strip("* \t").lower()) if colon else None
