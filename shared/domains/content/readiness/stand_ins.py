"""Finds what stands in a text until somebody writes the real thing: `TBD`, `______`, `Lorem ipsum`, `$NAME`."""

import re
from collections.abc import Iterator

from shared.kit.field_words import names_a_field
from shared.kit.patterns import lazy_pattern

# Never in a text that is finished, whatever stands around it.
_STAND_INS = (
    r"\blorem ipsum\b|\bplaceholder text\b|\b(?:sample|dummy) text here\b",
    r"(?-i:\b(?:TBD|TBC|TBA|TO[D]O|FIX[M]E|PLACEHOLDER)\b(?! (?:lists?|items?|entries|columns?|boards?|apps?)\b))",
    # Not the number of a Super Bowl or a chapter, which stands behind a name.
    r"(?-i:(?<!\w)(?<![A-Z]\w\w\w )(?<![A-Z]\w{6} )X{3,9}(?!\w))",
    r"(?-i:(?<!\w)X{1,4}\s?%|[$€£]\s?X{1,4}(?!\w)|\bX{2,3}(?:-X{2,4}){1,4}\b)|\[[xX#]\]\s?%|[$€£]\s?\[[xX#]\]",
    r"(?<=\S)[ \t]_{3}|(?<!_)_{3,40}[ \t]?(?=\w)",
    r"(?-i:\b(?:FIRST|LAST|FULL|F|L|COMPANY|CONTACT)_?NAME\b)|(?-i:\b(?:First|Last|Company)_?Name\b)",
    r"(?-i:\bINSERT (?:[A-Z]{1,20} ){1,4}HERE\b)|"
    r"\binsert (?:your|text|name|link|quote|date|number|company)\b[\w ]{0,30}\bhere\b",
    r"(?-i:\b(?:Your|Company|First|Customer) Name Here\b)",
    r"<\?[^?<>]{1,100}\?>|\{ ?[#?]? ?\}|< ?#? ?>(?![\w<])",
)
# Around the name of a field; prose has such signs around other words.
_SIGNED = (
    r"&(?:lt|#60|#123|lbrace|lcub);(?P<{}>[^&;<>]{{1,60}})&(?:gt|#62|#125|rbrace|rcub);",
    r"(?<![\w$])\$(?P<{}>[A-Za-z]\w{{2,40}})\b",
    r"(?<!\w)%(?P<{}>[A-Z][A-Z_]{{2,40}})%(?!\w)",
    r"(?<![\w#~|])([#~|])(?P<{}>[A-Za-z_]{{2,40}})\1(?!\w)",
    r"[‹＜［【〈](?P<{}>[^‹›＜＞［］【】〈〉\n]{{1,40}})[›＞］】〉]",  # noqa: RUF001
    r"\((?P<{}>(?:insert|enter|add|fill in)\s[^()\n]{{1,40}}|your(?:\s\w{{1,15}}){{1,2}}|[A-Z][A-Z_ ]{{2,40}})\)",
    r"\\\{{(?P<{}>[^{{}}\\\n]{{1,60}})\\?\}}",
    r"::(?P<{}>[A-Za-z_]{{2,40}})::",
    r"(?<!\{{)\{{(?P<{}>[A-Za-z_ ]{{2,40}})[!?]\}}",
    r"(?<!\{{)\{{(?P<{}>[A-Za-z_]{{2,40}}):[^\s{{}}][^{{}}]{{0,40}}\}}",
    r"\[(?P<{}>[A-Za-z_ ]{{2,40}})\|[^\[\]\n]{{0,40}}\](?!\()",
    r"://[^\s/]{{0,60}}\[(?P<{}>[A-Za-z_-]{{2,40}})\]",
)
_STAND_IN = lazy_pattern("|".join(f"(?:{pattern})" for pattern in _STAND_INS), re.IGNORECASE)
_FIELDS = tuple(lazy_pattern(pattern.format("field")) for pattern in _SIGNED)
_CODE = lazy_pattern(r"`[^`\n]{1,100}`")
_ALSO_FIELDS = frozenset(("id", "domain", "first", "last", "name", "company"))


def find_stand_ins(text: str) -> Iterator[tuple[int, int]]:
    """Yields the span of each; what stands between backticks is shown, and stands for nothing."""
    bare = _CODE.sub(lambda code: " " * len(code.group()), text)
    yield from (match.span() for match in _STAND_IN.finditer(bare))
    for pattern in _FIELDS:
        for match in pattern.finditer(bare):
            name = match["field"].strip()
            if names_a_field(name) or name.lower() in _ALSO_FIELDS:
                yield match.span()
