"""Whether a regular expression can take more than linear time: two ways through a loop for one text (ReDoS).

The pattern becomes a nondeterministic automaton. It is exponential where a state returns to itself in two ways on one
word, and at least quadratic where a word loops in one state, leads to another and loops there too (Weber and Seidl,
1991). A search tries every start, so it begins with a loop over any character. Repeats of at most 300 are taken for
one, and what is asserted without being read for nothing: a pattern that is linear all the same can be reported.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

codes: Any = import_module("re._constants")  # which the types do not know
parser: Any = import_module("re._parser")

_END = "\U0010ffff"  # stands for the end of the text
_SAMPLE = [*map(chr, range(128)), _END, *"\x85\xa0ä…“”’»•\u2028\u3001。！？」王"]  # noqa: RUF001
_ALL = (1 << len(_SAMPLE)) - 1
_BOUNDED = 300


def _chars(accepts: Any) -> int:
    return sum(1 << n for n, char in enumerate(_SAMPLE) if accepts(char))


_WORD = _chars(lambda c: re.match(r"\w", c))
_NEWLINE = _chars(lambda c: c == "\n")
_LAST = _chars(lambda c: c in ("\n", _END))
_CATEGORIES = {
    codes.CATEGORY_DIGIT: _chars(str.isdecimal),
    codes.CATEGORY_SPACE: _chars(lambda c: re.match(r"\s", c)),
    codes.CATEGORY_WORD: _WORD,
}
_CATEGORIES |= {
    codes.CATEGORY_NOT_DIGIT: _ALL & ~_CATEGORIES[codes.CATEGORY_DIGIT],
    codes.CATEGORY_NOT_SPACE: _ALL & ~_CATEGORIES[codes.CATEGORY_SPACE],
    codes.CATEGORY_NOT_WORD: _ALL & ~_WORD,
}


@dataclass
class _Automaton:
    """States are numbers; `steps[s]` are (set of characters, next state), `empty[s]` what follows without one."""

    flags: int
    steps: list[list[tuple[int, int]]] = field(default_factory=list)
    empty: list[list[int]] = field(default_factory=list)

    def state(self) -> int:
        self.steps.append([])
        self.empty.append([])
        return len(self.steps) - 1

    def sequence(self, items: Iterable[tuple[Any, Any]], start: int) -> int:
        for code, argument in items:
            start = self._item(code, argument, start)
        return start

    def _item(self, code: Any, argument: Any, start: int) -> int:
        if code in (codes.LITERAL, codes.NOT_LITERAL, codes.ANY, codes.IN):
            end = self.state()
            self.steps[start].append((self._set(code, argument), end))
            return end
        if code is codes.AT and argument in (codes.AT_END, codes.AT_END_STRING):
            end = self.state()
            self.steps[start].append((_LAST, end))
            return end
        if code is codes.SUBPATTERN:
            return self.sequence(argument[3], start)
        if code is codes.ATOMIC_GROUP:
            return self.sequence(argument, start)
        if code is codes.BRANCH:
            end = self.state()
            for choice in argument[1]:
                self.empty[self.sequence(choice, self._after(start))].append(end)
            return end
        if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
            least, most, body = argument
            return self._repeated(least, most, body, start)
        if code is codes.ASSERT and argument[0] > 0:  # what follows must be read, or the match fails
            return self.sequence(argument[1], start)
        if code is codes.GROUPREF:
            end = self.state()
            self.steps[start].append((_ALL, end))
            self.empty[start].append(end)
            return end
        return start

    def _after(self, start: int) -> int:
        follower = self.state()
        self.empty[start].append(follower)
        return follower

    def _repeated(self, least: int, most: Any, body: Any, start: int) -> int:
        if most is not codes.MAXREPEAT and most <= _BOUNDED:
            end = self.sequence(body, self._after(start))
            if least == 0:
                self.empty[start].append(end)
            return end
        enter = self._after(start)
        leave = self.sequence(body, enter)
        self.empty[leave].append(enter)
        end = self._after(leave)
        if least == 0:
            self.empty[start].append(end)
        return end

    def _set(self, code: Any, argument: Any) -> int:
        if code is codes.ANY:
            return _ALL if self.flags & re.DOTALL else _ALL & ~_NEWLINE
        if code is codes.IN:
            return _members(argument, self.flags)
        found = _literal(argument, self.flags)
        return found if code is codes.LITERAL else _ALL & ~found


def _literal(number: int, flags: int) -> int:
    text = chr(number)
    fold = str.lower if flags & re.IGNORECASE else str
    found = _chars(lambda c: fold(c) == fold(text))
    return found or _chars(lambda c: c == ("王" if text.isalpha() else "•"))  # for all that is not in the sample


def _members(items: Sequence[tuple[Any, Any]], flags: int) -> int:
    found, negated = 0, False
    for code, argument in items:
        if code is codes.NEGATE:
            negated = True
        elif code is codes.LITERAL:
            found |= _literal(argument, flags)
        elif code is codes.RANGE:
            low, high = argument
            fold = flags & re.IGNORECASE
            found |= _chars(lambda c: any(low <= ord(x) <= high for x in ((c, c.swapcase()) if fold else c)))  # noqa: B023
        else:
            found |= _CATEGORIES[argument]
    return _ALL & ~found if negated else found


@dataclass(frozen=True)
class _Graph:
    """Without empty steps: for each state its (set, next), and whether the match is complete there."""

    steps: list[list[tuple[int, int]]]
    complete: list[bool]

    def loops(self, *, failing: bool = False) -> list[frozenset[int]]:
        """The strongly connected parts that hold a cycle; `failing`: on which the match is not complete yet."""
        reach = [
            set() if failing and self.complete[state] else self._reachable(state, failing=failing)
            for state in range(len(self.steps))
        ]
        parts = {frozenset(t for t in reach[s] if s in reach[t]) for s in range(len(self.steps)) if s in reach[s]}
        return list(parts)

    def _reachable(self, start: int, *, failing: bool = False) -> set[int]:
        found: set[int] = set()
        waiting = [start]
        while waiting:
            for _, state in self.steps[waiting.pop()]:
                if state not in found and not (failing and self.complete[state]):
                    found.add(state)
                    waiting.append(state)
        return found

    def together(self, states: tuple[int, ...], within: Sequence[frozenset[int] | None]) -> Iterator[tuple[int, ...]]:
        """Where all of them can be after one same character."""
        choices: list[tuple[int, tuple[int, ...]]] = [(_ALL, ())]
        for state, allowed in zip(states, within, strict=True):
            choices = [
                (known & chars, (*made, after))
                for known, made in choices
                for chars, after in self.steps[state]
                if known & chars and (allowed is None or after in allowed)
            ]
        return (made for _, made in choices)

    def leads(self, start: tuple[int, ...], end: tuple[int, ...], within: Sequence[frozenset[int] | None]) -> bool:
        found: set[tuple[int, ...]] = set()
        waiting = [start]
        while waiting:
            for after in self.together(waiting.pop(), within):
                if after == end:
                    return True
                if after not in found:
                    found.add(after)
                    waiting.append(after)
        return False


def _graph(items: Sequence[tuple[Any, Any]], flags: int, *, anywhere: bool, whole: bool) -> _Graph:
    automaton = _Automaton(flags)
    begin = automaton.state()
    before = _before(items, automaton.flags)
    start = automaton.state()
    automaton.empty[begin].append(start)
    if anywhere and before:
        earlier = automaton.state()
        automaton.empty[begin].append(earlier)
        automaton.steps[earlier] += [(_ALL, earlier), (before, start)]
    end = automaton.sequence(items, start)
    if whole:
        end = automaton.sequence([(codes.AT, codes.AT_END_STRING)], end)
    closures = [_closure(automaton.empty, state) for state in range(len(automaton.steps))]
    steps = [[step for state in closure for step in automaton.steps[state]] for closure in closures]
    return _Graph(steps, [end in closure for closure in closures])


def _closure(empty: list[list[int]], start: int) -> list[int]:
    """The states reached without a character; one that is reached in two ways is in it twice."""
    found: Counter[int] = Counter()
    waiting = [(start, frozenset([start]))]
    while waiting:
        state, passed = waiting.pop()
        found[state] += 1
        if found[state] <= 2:
            waiting += [(after, passed | {after}) for after in empty[state] if after not in passed]
    return [state for state, times in found.items() for _ in range(min(times, 2))]


def _before(items: Sequence[tuple[Any, Any]], flags: int) -> int:
    """The characters that can stand before a match."""
    if not items:
        return _ALL
    code, argument = items[0]
    if code is codes.AT and argument in (codes.AT_BEGINNING, codes.AT_BEGINNING_STRING):
        return _NEWLINE if flags & re.MULTILINE and argument is codes.AT_BEGINNING else 0
    if code is codes.AT and argument is codes.AT_BOUNDARY:
        return _ALL & ~_WORD
    if code in (codes.ASSERT, codes.ASSERT_NOT) and argument[0] < 0 and len(argument[1]) == 1:
        inner, members = argument[1][0]
        if inner in (codes.LITERAL, codes.NOT_LITERAL, codes.IN, codes.ANY):
            found = _Automaton(flags)._set(inner, members)
            return found if code is codes.ASSERT else _ALL & ~found
    return _ALL


def slow(pattern: str, flags: int = 0, *, anywhere: bool = True, whole: bool = False) -> str | None:
    """How slow the pattern can be: `exponential`, `quadratic` (or a higher power), or None where it is linear.

    `anywhere`: it is searched for; `whole`: it must match the whole text.
    """
    parsed = parser.parse(pattern, flags)
    choices = parsed[0][1][1] if len(parsed) == 1 and parsed[0][0] is codes.BRANCH else [parsed]  # tried in turn
    graphs = (_graph(list(choice), parsed.state.flags, anywhere=anywhere, whole=whole) for choice in choices)
    return next(filter(None, map(_degree, graphs)), None)


def _degree(graph: _Graph) -> str | None:
    failing = graph.loops(failing=True)
    for loop in failing:
        for state in loop:
            pairs = {after for after in graph.together((state, state), (loop, loop)) if after[0] != after[1]}
            if _doubled(graph, state, loop) or any(graph.leads(pair, (state, state), (loop, loop)) for pair in pairs):
                return "exponential"
    for first in graph.loops():
        for second in failing:
            if second <= first or min(second) not in graph._reachable(min(first)):
                continue
            if any(graph.leads((p, p, q), (p, q, q), (first, None, second)) for p in first for q in second):
                return "quadratic"
    return None


def _doubled(graph: _Graph, state: int, loop: frozenset[int]) -> bool:
    """Whether one character leads from the state to the same state by two steps."""
    steps = [(chars, after) for chars, after in graph.steps[state] if after in loop]
    return any(a[1] == b[1] and a[0] & b[0] for number, a in enumerate(steps) for b in steps[number + 1 :])
