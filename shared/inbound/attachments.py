"""Takes the files of a mail, under names that are safe to show and to store. No file is opened."""

import mimetypes
import re

from shared.inbound.mime import Part
from shared.inbound.received import Attachment
from shared.kit.patterns import lazy_pattern
from shared.kit.whitespace import one_line

_LONGEST = 120  # characters of a name
_UNSAFE = lazy_pattern(r"[<>:\"|?*%\\/\x00-\x1f]")
_RESERVED = lazy_pattern(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.I)
_TYPE = lazy_pattern(r"[a-z0-9][\w.+-]{0,60}/[a-z0-9][\w.+-]{0,100}")
_EXTENSIONS = {"message/rfc822": ".eml", "text/calendar": ".ics", "text/plain": ".txt", "text/html": ".html"}


def taken(parts: list[Part]) -> tuple[Attachment, ...]:
    """The parts as files, each under a name of its own."""
    files: list[Attachment] = []
    names: set[str] = set()
    for number, part in enumerate(parts, 1):
        kind = part.type if _TYPE.fullmatch(part.type) else "application/octet-stream"
        name = _unique(safe_name(part.name) or f"attachment-{number}{_extension(kind)}", names)
        names.add(name.casefold())
        files.append(Attachment(name, kind, part.content()))
    return tuple(files)


def safe_name(name: str) -> str:
    """The file's name without its path and without characters that mislead a reader or a file system."""
    last = one_line(name[:2_000]).replace("\\", "/").rstrip("/").rpartition("/")[2]
    bare = _UNSAFE.sub("_", one_line(last)).strip(". ")
    if _RESERVED.match(bare):
        bare = f"_{bare}"
    stem, dot, extension = bare.rpartition(".")
    if len(bare) <= _LONGEST or not dot or len(extension) > 20:
        return bare[:_LONGEST].strip(". ")
    return f"{stem[: _LONGEST - len(extension) - 1].strip('. ')}.{extension}"


def _unique(name: str, names: set[str]) -> str:
    if name.casefold() not in names:
        return name
    stem, dot, extension = name.rpartition(".")
    stem, extension = (stem, dot + extension) if stem else (name, "")
    return next(new for n in range(2, len(names) + 3) if (new := f"{stem} ({n}){extension}").casefold() not in names)


def _extension(kind: str) -> str:
    return _EXTENSIONS.get(kind) or mimetypes.guess_extension(kind) or ""
