"""Reads until when a person is away, as their notice says it.

Dates are read by own tables. dateparser was tried: it reads `8月14日` as the year 2114, `14/08/26` as 2126, and takes a
quarter of a second to begin.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import zip_longest

from shared.inbound.calendar_words import DATE, MONTHS, WEEKDAYS
from shared.kit.patterns import lazy_pattern
from shared.kit.phrases import any_of

_MAX_TEXT = 3_000
_LONGEST = timedelta(days=400)
# What stands before the last day of an absence, and what before the first day after it.
_UNTIL = any_of(
    r"""
    \b(?:until|till|til|through|thru|bis(?: einschließlich| inklusive| zum| einschl\.)?|jusqu['’]?(?:au|à|en)?
    hasta(?: el)?|fino (?:al?|all['’])|sino al|até(?: ao?)?|tot(?: en met| aan)?|t/m)\b|\bau\b(?= \d| $)| - | – |〜|~
    \b(?:do(?: dnia)?|til og med|fram till|t\.?o\.?m\.?|до|по)(?= $)|から|至|到|\bfrom [^.\n]{3,40} to(?= $)
    \bd(?:el?|al?) [^.\n]{1,30} al(?= $)|\bde \d{1,2}(?: de \w{3,12})? a(?= $)
    """
)
_BACK = any_of(
    r"""
    \b(?:back|return(?:ing)?|available again|reachable again|resume)\b|\bwieder\b|\bab (?:dem )?|de retour|retour
    reviens|reprendrai|\b(?:regres\w{1,6}|vuelvo|volver\w{1,4}|vuelta|reincorpor\w{1,6})|\b(?:rientr\w{1,5}
    torn\w{1,5}|ritorn\w{1,5}|di nuovo)\b|\b(?:regress\w{1,5}|volt\w{1,5}|retorn\w{1,5}|de volta)\b|\b(?:terug|weer)\b
    \b(?:tillbaka|åter|tilbage|tilbake|igen|igjen|wrac\w{1,4}|wróc\w{1,4}|powr\w{1,6}|ponownie|zpět|opět|vrát\w{1,4})\b
    \b(?:takaisin|palaan|вернусь|снова|возвращ\w{1,6}|буду на месте|döneceğim|tekrar)\b
    以降|より(?:出社|通常)|出社|復帰|回来|返回|恢复
    """
)
_BACK_AFTER = lazy_pattern(
    r".{0,25}?(?:\bwieder\b|\bweer\b|\bterug\b|以降|に復帰|より|から(?:出社|通常)|回来|返回|恢复|后)", re.I
)
_UNTIL_AFTER = lazy_pattern(
    r" ?(?:\([月火水木金土日]\))? ?(?:まで|迄|之前|为止|為止|asti\b|saakka\b|(?:tarihine )?kadar\b)"
)
_OF_WEEKDAY = lazy_pattern(r"[-a-z]{0,6}[ ,.]{0,3}(?:the |dnia |den |dem |de |d[ií]a |dia |il |der )?", re.I)
_REACH = 60  # characters between such a word and its date
_MONTH_FIRST = lazy_pattern(r"\b(?:out of (?:the )?office|i am|i'm|i will|until|return)\b", re.I)


def until(text: str, sent: date) -> date | None:
    """The last day of the absence; None where the text names none that can be right."""
    spoken = text[:_MAX_TEXT]
    days = list(_days(spoken, sent))
    latest: date | None = None
    for start, end, day in days:
        before = spoken[max(0, start - _REACH) : start]
        after = spoken[end : end + _REACH]
        is_last, is_back = _role(before, after)
        last = day if is_last else day - timedelta(days=1) if is_back else None
        if last and sent - timedelta(days=1) <= last <= sent + _LONGEST:
            if is_last and not is_back:
                return last
            latest = latest or last
    return latest


def _role(before: str, after: str) -> tuple[bool, bool]:
    """Whether a date is the last of the absence, whether it is the first after it: by the nearest word before it."""
    until_at = max((m.end() for m in _UNTIL.finditer(before)), default=-1)
    back_at = max((m.end() for m in _BACK.finditer(before)), default=-1)
    if _UNTIL_AFTER.match(after):
        return True, False
    if until_at > back_at:
        return True, False
    return False, back_at >= 0 or _BACK_AFTER.match(after) is not None


def _days(spoken: str, sent: date) -> Iterator[tuple[int, int, date]]:
    month_first = _MONTH_FIRST.search(spoken) is not None
    matches = list(DATE.finditer(spoken))
    for match, following in zip_longest(matches, matches[1:]):
        named = match["weekday"] and following and not following["weekday"]
        if named and _OF_WEEKDAY.fullmatch(spoken, match.end(), following.start()):
            continue  # `Friday, August 14` is one day
        day = _day(match.groupdict(), sent, month_first=month_first)
        if day is not None:
            yield match.start(), match.end(), day


def _day(parts: dict[str, str | None], sent: date, *, month_first: bool) -> date | None:
    if parts["weekday"]:
        return sent + timedelta(days=(WEEKDAYS[parts["weekday"].lower()] - sent.weekday() - 1) % 7 + 1)
    if parts["tomorrow"]:
        return sent + timedelta(days=1)
    if parts["a"]:
        first, second = int(parts["a"] or 0), int(parts["b"] or 0)
        american = parts["sep"] == "/" and month_first and first <= 12
        day, month = (second, first) if american or second > 12 else (first, second)
        return _dated(parts["y4"], month, day, sent)
    for year, month_name, day_name in (("y1", "m1", "d1"), ("y2", "m2", "d2"), ("y3", "m3", "d3"), ("", "m5", "d5")):
        named, number = parts[month_name], parts[day_name]
        if named and number:
            month = MONTHS.get(named.lower()) or int(named)
            return _dated(parts.get(year), month, int(number), sent)
    return None


def _dated(year: str | None, month: int, day: int, sent: date) -> date | None:
    """The date; without a year the next such, but for one of some weeks ago, which is past."""
    try:
        if year:
            return date(int(year) + (2000 if len(year) == 2 else 0), month, day)
        near = date(sent.year, month, day)
        return near if near >= sent - timedelta(days=60) else date(sent.year + 1, month, day)
    except ValueError:
        return None
