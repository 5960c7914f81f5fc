"""/api/docs: a reference to browse, one page that needs nothing from elsewhere."""

from functools import cache
from pathlib import Path

from shared.runtime.static import text_function


@cache
def _page() -> str:
    return (Path(__file__).parent.parent / "docs.html").read_text()


docs = text_function("docs", "/api/docs", _page, "text/html; charset=utf-8")
