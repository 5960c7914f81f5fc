"""Chooses what of a mail is its text, and what are its files."""

from shared.inbound import html
from shared.inbound.mime import Mail, Part
from shared.kit.patterns import lazy_pattern
from shared.kit.phrases import any_of
from shared.kit.whitespace import is_blank, visible

MAX_READ = 500_000  # characters that are looked through
_MACHINE = ("message/", "text/rfc822-headers")
_QUOTED = lazy_pattern(r"(?:>[ ]?)*")
_NO_TEXT = any_of(
    r"""
    \s*(?:this (?:message|e-?mail) (?:requires|needs) (?:a|an) html|your (?:e-?mail|mail) (?:client
    program) (?:does not|cannot|can't)|please (?:use|switch to) an html|this is a multi-?part message in mime format)
    """
)
_NO_TEXT_LENGTH = 300


def text_of(mail: Mail) -> str:
    """What a reader sees of the mail, without its files, as `visible` lines. Plain text goes before HTML."""
    texts: list[str] = []
    is_plain = False
    for part in mail.parts:
        if not _is_body(part):
            continue
        if part.type == "text/plain":
            text = _unflowed(part.text()[:MAX_READ]) if _is_flowed(part) else part.text()[:MAX_READ]
            is_plain = is_plain or _says_something(text)
        else:
            text = "" if is_plain else html.text_of(part.text())
        if _says_something(text):
            texts.append(text)
    return visible("\n\n".join(texts)[:MAX_READ])


def files_of(mail: Mail) -> list[Part]:
    """The parts that are files: neither its text nor what only machines read."""
    return [part for part in mail.parts if not _is_body(part) and not _is_for_machines(part)]


def _is_body(part: Part) -> bool:
    return part.type in ("text/plain", "text/html") and not part.is_attached and not part.name


def _is_for_machines(part: Part) -> bool:
    empty = part.start >= part.end and not part.name
    return empty or (part.container == "multipart/report" and part.type.startswith(_MACHINE))


def _says_something(text: str) -> bool:
    return not is_blank(text) and not (len(text) < _NO_TEXT_LENGTH and _NO_TEXT.match(text))


def _is_flowed(part: Part) -> bool:
    format = part.head.parameters("content-type").get_param("format", "")
    return str(format).lower() == "flowed"


def _unflowed(text: str) -> str:
    """The paragraphs of a `format=flowed` text (RFC 3676), each on one line."""
    lines: list[str] = []
    flows, last_depth = False, 0
    for raw in text.split("\n"):
        marks = _QUOTED.match(raw).group()  # type: ignore[union-attr]
        depth, line = marks.count(">"), raw[len(marks) :]
        line = line[1:] if not marks and line.startswith(" ") else line
        if flows and depth == last_depth and line != "-- ":
            lines[-1] += line
        else:
            lines.append(f"{'>' * depth} {line}" if depth else line)
        flows, last_depth = line.endswith(" ") and line != "-- ", depth
    return "\n".join(lines)
