"""What a research engine has written itself: its sentences with the sources that it marks, to be verified like any."""

from collections.abc import Sequence

from shared.domains.research import cues
from shared.domains.research.models import Section, Statement
from shared.kit.patterns import lazy_pattern
from shared.kit.sentences import sentences
from shared.kit.text import shortened

_MARK = lazy_pattern(r"\[(\d{1,3})\]")
_LATE = lazy_pattern(r"([.!?])((?:\s*\[\d{1,3}\])+)")  # marks that stand behind the full stop
_SUMMARY, _MOST, _LONGEST = 2, 20, 1_000


def statements(answer: str, cited: Sequence[str], pages: Sequence[str]) -> list[Statement]:
    """The sentences that name a source. [n] is the n-th address of `cited`; `pages` are those that were read."""
    place = {url: number for number, url in enumerate(pages)}
    made: list[Statement] = []
    for sentence in sentences(_LATE.sub(r"\2\1", answer)):
        marked = [cited[n - 1] for n in map(int, _MARK.findall(sentence)) if 0 < n <= len(cited)]
        sources = [place[url] for url in dict.fromkeys(marked) if url in place]
        text = shortened(_unmarked(sentence).lstrip("-*# ").strip(), _LONGEST)
        if sources and text and len(made) < _MOST:
            made.append(Statement(section=_section(text, len(made)), text=text, sources=sources))
    return made


def _unmarked(sentence: str) -> str:
    """The sentence without its marks and the space before each."""
    *before, last = _MARK.split(sentence)[::2]
    return "".join([*(part.rstrip() for part in before), last])


def _section(text: str, before: int) -> Section:
    return "summary" if before < _SUMMARY else cues.section_of(text) or "key_findings"
