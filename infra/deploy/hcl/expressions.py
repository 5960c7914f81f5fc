"""Parses expressions and templates of Terraform's language (HCL 2) into trees.

Grammar: https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md; without here-documents and attribute splats.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

_NAME = re.compile(r"[A-Za-z_][\w-]*")
_NUMBER = re.compile(r"\d+(\.\d+)?")
_BLANK = re.compile(r"(?:[ \t\r\n]|(?:#|//)[^\n]*)*")
_BLANK_IN_LINE = re.compile(r"[ \t\r]*")
_LEVELS = (("||",), ("&&",), ("==", "!="), ("<=", ">=", "<", ">"), ("+", "-"), ("*", "/", "%"))
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\"}
_WORDS = {"true": True, "false": False, "null": None}


class SyntaxFault(ValueError):
    """An expression that is not of the language."""


@dataclass(frozen=True)
class Literal:
    value: Any


@dataclass(frozen=True)
class Template:
    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Variable:
    name: str


@dataclass(frozen=True)
class Attribute:
    of: "Node"
    name: str


@dataclass(frozen=True)
class Index:
    of: "Node"
    key: "Node"


@dataclass(frozen=True)
class Call:
    name: str
    arguments: tuple["Node", ...]
    spread: bool  # the last argument is a list of arguments


@dataclass(frozen=True)
class Operation:
    operator: str
    operands: tuple["Node", ...]


@dataclass(frozen=True)
class Conditional:
    condition: "Node"
    then: "Node"
    otherwise: "Node"


@dataclass(frozen=True)
class Tuple:
    items: tuple["Node", ...]


@dataclass(frozen=True)
class Object:
    items: tuple[tuple["Node", "Node"], ...]


@dataclass(frozen=True)
class For:
    names: tuple[str, ...]
    source: "Node"
    key: "Node | None"  # of an object
    value: "Node"
    condition: "Node | None"


Node = Literal | Template | Variable | Attribute | Index | Call | Operation | Conditional | Tuple | Object | For


@cache
def template(text: str) -> Node:
    """The tree of a template whose literal parts are as they stand. Raises SyntaxFault."""
    parser = _Parser(text)
    node = parser.template(quoted=False)
    if parser.at < len(text):
        raise parser.fault("more than a template")
    return node


def children(node: Node) -> Iterator[Node]:
    """The trees directly within a tree."""
    for field in fields(node):
        yield from _nodes(getattr(node, field.name))


def _nodes(value: Any) -> Iterator[Node]:
    if isinstance(value, tuple):
        for each in value:
            yield from _nodes(each)
    elif isinstance(value, Node):
        yield value


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def fault(self, words: str) -> SyntaxFault:
        return SyntaxFault(f"{words} at: {self.text[self.at : self.at + 40]!r}")

    def template(self, *, quoted: bool) -> Node:
        """A template up to its closing quote, or to the end of the text."""
        parts: list[Node] = []
        letters: list[str] = []
        while self.at < len(self.text) and not (quoted and self.text[self.at] == '"'):
            if self.text.startswith(("$${", "%%{"), self.at):
                letters.append(self.text[self.at] + "{")
                self.at += 3
            elif self.text.startswith("${", self.at):
                parts += [Literal("".join(letters))] * bool(letters)
                letters = []
                self.at += 2
                parts.append(self.expression())
                self.expect("}")
            elif quoted and self.text[self.at] == "\\":
                letters.append(_ESCAPES.get(self.text[self.at + 1], self.text[self.at + 1]))
                self.at += 2
            else:
                letters.append(self.text[self.at])
                self.at += 1
        if len(parts) == 1 and not letters:
            return parts[0]
        parts += [Literal("".join(letters))] * bool(letters or not parts)
        return parts[0] if len(parts) == 1 else Template(tuple(parts))

    def skip(self, blank: re.Pattern[str] = _BLANK) -> None:
        found = blank.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def takes(self, *marks: str) -> str | None:
        """Take the first of the marks that comes next, with what is blank before it; else nothing."""
        start = self.at
        self.skip()
        for mark in marks:
            if self.text.startswith(mark, self.at) and not self._longer(mark):
                self.at += len(mark)
                return mark
        self.at = start
        return None

    def ends(self, mark: str) -> bool:
        """Whether a list goes on after a comma, or its end comes next."""
        comma = self.takes(",")
        self.skip()
        return bool(comma) or self.text.startswith(mark, self.at)

    def _longer(self, mark: str) -> bool:
        """Whether what stands here only begins like the mark: => is not =, forest is not for."""
        after = self.text[self.at + len(mark) : self.at + len(mark) + 1]
        return (
            (mark in "=!<>" and after == "=") or (mark == "=" and after == ">") or (mark.isalpha() and _is_name(after))
        )

    def expect(self, mark: str) -> None:
        if not self.takes(mark):
            raise self.fault(f"{mark} is missing")

    def name(self) -> str:
        self.skip()
        found = _NAME.match(self.text, self.at)
        if not found:
            raise self.fault("a name is missing")
        self.at = found.end()
        return found[0]

    def expression(self) -> Node:
        condition = self.operation(0)
        if not self.takes("?"):
            return condition
        then = self.expression()
        self.expect(":")
        return Conditional(condition, then, self.expression())

    def operation(self, level: int) -> Node:
        if level == len(_LEVELS):
            return self.unary()
        left = self.operation(level + 1)
        while operator := self.takes(*_LEVELS[level]):
            left = Operation(operator, (left, self.operation(level + 1)))
        return left

    def unary(self) -> Node:
        operator = self.takes("!", "-")
        return Operation(operator, (self.unary(),)) if operator else self.traversal(self.term())

    def traversal(self, node: Node) -> Node:
        while self.at < len(self.text):
            if self.text[self.at] == "." and not self.text.startswith("...", self.at):
                self.at += 1
                node = Attribute(node, self.name())
            elif self.text[self.at] == "[":
                self.at += 1
                node = Index(node, self.expression())
                self.expect("]")
            else:
                break
        return node

    def term(self) -> Node:
        if self.takes('"'):
            node = self.template(quoted=True)
            self.expect('"')
            return node
        if self.takes("("):
            node = self.expression()
            self.expect(")")
            return node
        if self.takes("["):
            return self.loop("]") if self.takes("for") else Tuple(tuple(self.listed("]")))
        if self.takes("{"):
            return self.loop("}") if self.takes("for") else self.object()
        self.skip()
        if number := _NUMBER.match(self.text, self.at):
            self.at = number.end()
            return Literal(float(number[0]) if "." in number[0] else int(number[0]))
        name = self.name()
        if name in _WORDS:
            return Literal(_WORDS[name])
        return self.call(name) if self.text.startswith("(", self.at) else Variable(name)

    def call(self, name: str) -> Node:
        self.expect("(")
        arguments, spread = [], False
        while not self.takes(")"):
            arguments.append(self.expression())
            spread = bool(self.takes("...")) or spread
            if not self.ends(")"):
                raise self.fault("a comma is missing")
        return Call(name, tuple(arguments), spread)

    def listed(self, end: str) -> Iterator[Node]:
        while not self.takes(end):
            yield self.expression()
            if not self.ends(end):
                raise self.fault("a comma is missing")

    def object(self) -> Node:
        items = []
        while not self.takes("}"):
            key = self.expression()
            if not self.takes("=", ":"):
                raise self.fault("= is missing")
            items.append((Literal(key.name) if isinstance(key, Variable) else key, self.expression()))
            self.skip(_BLANK_IN_LINE)
            if self.text[self.at : self.at + 1] not in (",", "\n", "}", "#"):
                raise self.fault("a comma or a new line is missing")
            self.takes(",")
        return Object(tuple(items))

    def loop(self, end: str) -> Node:
        names = [self.name()]
        while self.takes(","):
            names.append(self.name())
        self.expect("in")
        source = self.expression()
        self.expect(":")
        key, value = None, self.expression()
        if self.takes("=>"):
            key, value = value, self.expression()
        if (key is not None) != (end == "}"):
            raise self.fault("a for without its kind of brackets")
        condition = self.expression() if self.takes("if") else None
        self.expect(end)
        return For(tuple(names), source, key, value, condition)


def _is_name(letter: str) -> bool:
    return letter.isalnum() or letter in ("_", "-") if letter else False
