"""Says in each description of a definition list what it describes: it is read by itself, far from its term."""

from typing import Any

_LONGEST = 60  # characters of a term
_MOST = 30  # descriptions of one term


def name_terms(tree: Any) -> None:
    """Write the term before its descriptions: `Founded` and `1999` become `Founded: 1999`."""
    for term in list(tree.iter("dt")):
        name = " ".join("".join(term.itertext()).split()).rstrip(" :")
        if not name or len(name) > _LONGEST or name.endswith(("?", "!", ".")):
            continue
        description, count = term.getnext(), 0
        while description is not None and description.tag == "dd" and count < _MOST:
            holder = next((part for part in description.iter() if (part.text or "").strip()), None)
            if holder is not None:
                holder.text = f"{name}: {holder.text.lstrip()}"
                count += 1
            description = description.getnext()
        if count:
            tail = term.tail
            term.clear()
            term.tail = tail
