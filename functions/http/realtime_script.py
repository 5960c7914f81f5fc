"""/api/realtime/realtime.js: a browser's client of the realtime function, in two ES modules, and its types."""

from functools import cache, partial
from pathlib import Path

from shared.runtime.static import Text, texts_function

_FILES = ("realtime.js", "connection.js", "realtime.d.ts")
_TYPES = {".js": "text/javascript; charset=utf-8", ".ts": "text/plain; charset=utf-8"}


@cache
def _text(name: str) -> str:
    return (Path(__file__).parent.parent / name).read_text()


realtime_script = texts_function(
    "realtime_script",
    "/api/realtime",
    {f"/{name}": Text(partial(_text, name), _TYPES[Path(name).suffix]) for name in _FILES},
)
