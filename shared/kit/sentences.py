"""Splits a text into sentences; loses nothing but blanks."""

import re
from collections.abc import Iterator

from shared.kit.patterns import lazy_pattern

_MARK = lazy_pattern(r"[.!?…。！？｡]")  # a class alone is searched five times as fast as what may end a sentence  # noqa: RUF001
_END = lazy_pattern(r"[.!?…]++[\"'”’»)\]]*+|[。！？｡]++[」』”）】]*+")  # noqa: RUF001
_CJK_MARKS = "。！？｡"  # noqa: RUF001
_GOES_ON = lazy_pattern(r"[とのはがをもにでやへ、，]")  # after a quotation that is part of its sentence  # noqa: RUF001
_SPACE = lazy_pattern(r"\s*")
_OPENS = lazy_pattern(r"[\s(\[\"“]")  # what a word stands behind
_NUMBER_OF_ENTRY = lazy_pattern(r"\d{1,3}|[a-zA-Z]")
_INITIAL = lazy_pattern(r"(?!I$)[A-Z](\.[A-Z])*|[a-z]")
_NO_WORD = lazy_pattern(r"\W")
_WORD = 60  # characters: no word that is looked up is as long
_TITLES = """
mr mrs ms dr prof rev hon gen col capt sgt rep sen gov st mt vs cf eg e.g i.e approx ca ed eds al dept est resp
incl excl z.b d.h u.a bzw ggf nr mio mrd tsd zzgl inkl exkl usw sog vgl evtl max min mind tel geb gest str abs jh jhd
prof.dr dipl ing hr fr bspw insb entspr zw sr sra srta dra ud uds pág págs núm aprox tel av avda art mme mlle mm env
éd chap p.ex
"""
_BEFORE_A_NUMBER = (
    "no nos fig figs eq vol p pp sec ch art jan feb mar apr jun jul aug sep sept oct nov dec rd zirka § núm"
)
_SELDOM_LAST = "inc ltd co corp llc plc bros jr sr etc u.s u.k u.n e.u a.m p.m ph.d m.d b.a m.a d.c"
_BEGINNERS = """
a an and as at but for from he her however i if in it its many most no not of on one our she so some such that the their
then there these they this those to we what when while with you yet
"""
_ORDINAL = lazy_pattern(r"\d{1,2}")
_COUNTED = lazy_pattern(
    r"(?:Januar|Jänner|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember|Quartal|Jahrhundert|"
    r"Halbjahr|Klasse|Auflage|Stock|Etage|Platz|Mal|Semester|Bundesliga|Geburtstag|Jubiläum)\w*\b"
)
_NEVER, _NUMBERED, _SELDOM, _BEGIN = (
    frozenset(listed.split()) for listed in (_TITLES, _BEFORE_A_NUMBER, _SELDOM_LAST, _BEGINNERS)
)


def sentences(text: str) -> list[str]:
    """The sentences of a text, in order. A line break ends a sentence; abbreviations, initials, list numbers do not."""
    return [sentence for line in text.splitlines() for sentence in _of_line(line.strip())]


def _of_line(line: str) -> list[str]:
    split: list[str] = []
    start = 0
    for end in _possible_ends(line):
        before = line[max(start, end.start() - _WORD) : end.start()]
        begins = end.start() - start <= _WORD and before.strip()
        following = _SPACE.match(line, end.end()).end()  # type: ignore[union-attr]
        closed = end.group()[-1] in "」』”"
        if _ends(before, end.group()[0], line[following : following + _WORD], whole=begins, closed=closed):
            split.append(line[start : end.end()].strip())
            start = end.end()
    split.append(line[start:].strip())
    return [sentence for sentence in split if sentence]


def _possible_ends(line: str) -> Iterator[re.Match[str]]:
    """The marks behind which a sentence may end, each with what closes it."""
    at = 0
    while mark := _MARK.search(line, at):
        end: re.Match[str] = _END.match(line, mark.start())  # type: ignore[assignment]
        at = end.end()
        if end.group()[0] in _CJK_MARKS or line[at : at + 1].isspace():
            yield end


def _ends(before: str, mark: str, after: str, *, whole: str | bool, closed: bool) -> bool:
    """Whether a sentence ends with `mark`, between `before` and `after`; `whole` is the sentence so far, if short;
    `closed`: a quotation ends there too."""
    if not after:
        return True
    if mark in _CJK_MARKS:
        return not (closed and _GOES_ON.match(after))
    if after[0].islower():
        return False
    if mark != ".":
        return True
    word = _OPENS.split(before)[-1]
    if whole == word and _NUMBER_OF_ENTRY.fullmatch(word):  # the number of a list's entry
        return False
    lowered = word.lower()
    if lowered in _SELDOM:
        return _NO_WORD.split(after, maxsplit=1)[0].lower() in _BEGIN
    if _ORDINAL.fullmatch(word) and _COUNTED.match(after):  # 3. Oktober
        return False
    return not (_INITIAL.fullmatch(word) or lowered in _NEVER or (lowered in _NUMBERED and after[0].isdigit()))
