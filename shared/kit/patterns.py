"""Regular expressions that are compiled when they are first used: of the hundreds that a function's modules name, its
start needs few, and compiling all took a tenth of it."""

import re
from typing import Any, AnyStr, cast


class _Pattern:
    """Stands for a pattern: has its attributes and methods."""

    def __init__(self, pattern: str | bytes, flags: int) -> None:
        self.pattern = pattern
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        """An attribute of the pattern, which is kept: the second look finds it at once."""
        value = vars(self)[name] = getattr(re.compile(self.pattern, self._flags), name)
        return value


def lazy_pattern(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """As `re.compile`, at the first use."""
    return cast(re.Pattern[AnyStr], _Pattern(pattern, flags))
