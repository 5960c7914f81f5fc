"""Markdown as plain text: its headings, items and tables stay, its marks go."""

import re

from shared.providers.extract import markup, text
from shared.providers.extract.base import MAX_CHARACTERS, Content

_MAX_SOURCE = MAX_CHARACTERS * 5 // 4  # marks and all
_FRONT_MATTER = re.compile(r"\A---\s*\n(.*?)\n(?:---|\.\.\.)\s*(?:\n|\Z)", re.S)
_FIELD = re.compile(r"^(title|date)\s*:\s*(.+?)\s*$", re.M | re.I)


def read(content: bytes) -> Content:
    import mistune

    whole = text.decode(content)
    source = whole[:_MAX_SOURCE].replace("\r\n", "\n")
    front = _FRONT_MATTER.match(source)
    fields = {name.lower(): value.strip("\"'") for name, value in _FIELD.findall(front.group(1))} if front else {}
    render = mistune.create_markdown(escape=False, plugins=["table", "strikethrough", "task_lists", "footnotes"])
    tree = markup.parsed(str(render(source[front.end() :] if front else source)))
    heading = tree.findtext(".//h1") if tree is not None else None
    date = re.match(r"\d{4}-\d\d-\d\d", fields.get("date", ""))
    return Content(
        markup.text_of(tree.body) if tree is not None else "",
        title=fields.get("title") or " ".join((heading or "").split()),
        published=date.group() if date else None,
        notes=("Only the beginning of this very long document was read.",) if len(whole) > _MAX_SOURCE else (),
    )
