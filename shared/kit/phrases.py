"""Joins tables of phrases to one pattern."""

import re

from shared.kit.patterns import lazy_pattern


def any_of(*tables: str) -> re.Pattern[str]:
    """A pattern of all lines of the tables, upper or lower case; a line is joined to the next by `|`.

    Blanks around a line are not part of it.
    """
    lines = [line.strip() for table in tables for line in table.splitlines()]
    return lazy_pattern("|".join(line for line in lines if line), re.I)
