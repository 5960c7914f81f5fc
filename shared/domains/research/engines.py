"""The research engines a task can name, and what each needs before it can run."""

from dataclasses import dataclass

from shared.domains.research.models import ResearchEngine


@dataclass(frozen=True)
class Engine:
    title: str
    needs: str


ENGINES: dict[ResearchEngine, Engine] = {
    "perplexity": Engine("Perplexity", "an API key (PERPLEXITY_API_KEY)"),
    "firecrawl": Engine("Firecrawl", "an API key (FIRECRAWL_API_KEY)"),
    "google_search": Engine("Google Search", "a key and a search engine (GOOGLE_SEARCH_API_KEY, GOOGLE_SEARCH_CX)"),
}


def why_not(engine: ResearchEngine) -> str:
    """Why a task cannot run, for its owner to read."""
    chosen = ENGINES[engine]
    return (
        f"{chosen.title} is not connected here, so nothing was researched. It needs {chosen.needs}; "
        "connect it, or choose another engine, and run the task again."
    )
