"""Extracts the text of Markdown: keeps headings, items and tables, removes the marks."""

import re

from shared.providers.extract import markup, text
from shared.providers.extract.base import MAX_CHARACTERS, Content

_MAX_SOURCE = MAX_CHARACTERS * 5 // 4  # marks and all


def read(content: bytes) -> Content:
    import mistune

    whole = text.decode(content)
    source = whole[:_MAX_SOURCE].replace("\r\n", "\n")
    fields, body = _front_matter(source)
    render = mistune.create_markdown(escape=False, plugins=["table", "strikethrough", "task_lists", "footnotes"])
    tree = markup.parsed(str(render(body)))
    heading = tree.findtext(".//h1") if tree is not None else None
    date = re.match(r"\d{4}-\d\d-\d\d", fields.get("date", ""))
    return Content(
        markup.text_of(tree.body) if tree is not None else "",
        title=fields.get("title") or " ".join((heading or "").split()),
        published=date.group() if date else None,
        notes=("Only the beginning of this very long document was read.",) if len(whole) > _MAX_SOURCE else (),
    )


def _front_matter(source: str) -> tuple[dict[str, str], str]:
    """The fields between two lines of dashes at the very start, by names in lower case, and the text after them."""
    lines = source.split("\n")
    ends = (n for n, line in enumerate(lines[1:], start=1) if line.rstrip() in ("---", "..."))
    end = next(ends, None) if lines[0].rstrip() == "---" else None
    if end is None:
        return {}, source
    pairs = (line.partition(":") for line in lines[1:end])
    return {name.strip().lower(): value.strip().strip("\"'") for name, _, value in pairs}, "\n".join(lines[end + 1 :])
