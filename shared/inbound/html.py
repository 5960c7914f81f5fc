"""Renders the HTML of a mail as plain text, with what it quotes marked as mail programs mark it in plain text."""

import re
from typing import Any

from shared.kit.patterns import lazy_pattern
from shared.kit.whitespace import trimmed
from shared.providers.extract import markup, visibility

FROM_HERE = "-----Original Message-----"  # all below is quoted
_MAX_HTML = 2 * 2**20  # characters; a text of MAX_TEXT characters is within them
_PICTURE = lazy_pattern(r"data:image/[\w.+-]{1,40};base64,[A-Za-z0-9+/=\s%]{1,300}[A-Za-z0-9+/=\s%]*")
_BEGIN, _END, _BELOW = "\ue000", "\ue001", "\ue002"  # private characters, which a mail's own are removed of
_PRIVATE = lazy_pattern(f"[{_BEGIN}{_END}{_BELOW}]|&#(?:x0{{0,9}}e00[0-2]|0{{0,9}}5734[4-6]);?", re.I)
# Elements below which all is quoted, by what mail programs call them: Outlook, Yahoo, Windows Mail, Zoho, Notes.
_DIVIDING = lazy_pattern(
    r"(?:x_)*(?:divRplyFwdMsg|appendonsend|OLK_SRC_BODY_SECTION|yahoo_quoted|yahoo_quoted_\w{1,99})"
)
_DIVIDING_CLASSES = frozenset(["yahoo_quoted", "zmail_extra", "moz-forward-container"])
_SIGNATURES = frozenset(
    ["gmail_signature", "moz-signature", "Signature", "AppleMailSignature", "ms-outlook-mobile-signature"]
)
_MAX_ELEMENTS = 100_000


def text_of(html: str) -> str:
    """The visible text. Nothing is fetched or run; hidden elements are left out. Empty for HTML that is none."""
    bare = _PRIVATE.sub("", _PICTURE.sub("", html))[:_MAX_HTML]
    try:
        tree = markup.parsed(bare)
    except MemoryError:
        return ""
    if tree is None:
        return ""
    for number, element in enumerate(list(tree.iter("*"))):
        if number >= _MAX_ELEMENTS:
            break
        _mark(element)
    return trimmed(_marked_lines(markup.text_of(tree)))


def _mark(element: Any) -> None:
    """Write marks around a quotation, and before what introduces one."""
    if element.tag == "blockquote" and not _is_indented(element):
        element.text = f"{_BEGIN}{element.text or ''}"
        children = list(element)
        if children:
            children[-1].tail = f"{children[-1].tail or ''}{_END}"
        else:
            element.text += _END
    elif _divides(element):
        element.addprevious(element.makeelement("p", {}))
        element.getprevious().text = _BELOW
    elif _is_signature(element) and element.getparent() is not None:
        visibility.empty(element)


def _is_indented(element: Any) -> bool:
    """Whether somebody only moved the text to the right: mail programs do it by blockquotes without a border."""
    style = element.get("style") or ""
    return "margin" in style and "border:none" in style.replace(" ", "") and not element.get("type")


def _divides(element: Any) -> bool:
    if element.getparent() is None:
        return False
    classes = set((element.get("class") or "").split())
    return bool(_DIVIDING.fullmatch(element.get("id") or "")) or bool(classes & _DIVIDING_CLASSES)


def _is_signature(element: Any) -> bool:
    named = {element.get("id"), element.get("data-smartmail"), *(element.get("class") or "").split()}
    return not _SIGNATURES.isdisjoint(named)


def _marked_lines(text: str) -> str:
    """The lines with `> ` for each quotation that they are in, at most ten."""
    depth = 0
    lines = []
    for line in text.split("\n"):
        opened, closed = line.count(_BEGIN), line.count(_END)
        bare = line.replace(_BEGIN, "").replace(_END, "")
        depth += opened
        if _BELOW in bare:
            bare = bare.replace(_BELOW, "\n" + FROM_HERE + "\n")
        lines.append(("> " * min(depth, 10) + bare) if depth and (bare.strip() or not opened) else bare)
        depth = max(0, depth - closed)
    return "\n".join(lines)
