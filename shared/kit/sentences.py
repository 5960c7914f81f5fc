"""Splits a text into sentences; loses nothing but blanks."""

import re

_END = re.compile(r"(?<![.!?…])[.!?…]+[\"'”’»)\]]*(?=\s)|[。！？]+[」』”）]*")  # noqa: RUF001
_SPACE = re.compile(r"\s*")
_WORD = 60  # characters: no word that is looked up is as long
_TITLES = """
mr mrs ms dr prof rev hon gen col capt sgt rep sen gov st mt vs cf eg e.g i.e approx ca ed eds al dept est resp
incl excl z.b d.h u.a bzw ggf nr
"""
_BEFORE_A_NUMBER = "no nos fig figs eq vol p pp sec ch art jan feb mar apr jun jul aug sep sept oct nov dec"
_SELDOM_LAST = "inc ltd co corp llc plc bros jr sr etc u.s u.k u.n e.u a.m p.m ph.d m.d b.a m.a d.c"
_BEGINNERS = """
a an and as at but for from he her however i if in it its many most no not of on one our she so some such that the their
then there these they this those to we what when while with you yet
"""
_NEVER, _NUMBERED, _SELDOM, _BEGIN = (
    frozenset(listed.split()) for listed in (_TITLES, _BEFORE_A_NUMBER, _SELDOM_LAST, _BEGINNERS)
)


def sentences(text: str) -> list[str]:
    """The sentences of a text, in order. A line break ends a sentence; abbreviations, initials, list numbers do not."""
    return [sentence for line in text.splitlines() for sentence in _of_line(line.strip())]


def _of_line(line: str) -> list[str]:
    split: list[str] = []
    start = 0
    for end in _END.finditer(line):
        before = line[max(start, end.start() - _WORD) : end.start()]
        begins = end.start() - start <= _WORD and before.strip()
        following = _SPACE.match(line, end.end()).end()  # type: ignore[union-attr]
        if _ends(before, end.group()[0], line[following : following + _WORD], whole=begins):
            split.append(line[start : end.end()].strip())
            start = end.end()
    split.append(line[start:].strip())
    return [sentence for sentence in split if sentence]


def _ends(before: str, mark: str, after: str, *, whole: str | bool) -> bool:
    """Whether a sentence ends with `mark`, between `before` and `after`; `whole` is the sentence so far, if short."""
    if not after or mark in "。！？":  # noqa: RUF001
        return True
    if after[0].islower():
        return False
    if mark != ".":
        return True
    word = re.split(r"[\s(\[\"“]", before)[-1]
    if whole == word and re.fullmatch(r"\d{1,3}|[a-zA-Z]", word):  # the number of a list's entry
        return False
    lowered = word.lower()
    if lowered in _SELDOM:
        return re.split(r"\W", after, maxsplit=1)[0].lower() in _BEGIN
    initial = re.fullmatch(r"(?!I$)[A-Z](\.[A-Z])*", word)
    return not (initial or lowered in _NEVER or (lowered in _NUMBERED and after[0].isdigit()))
