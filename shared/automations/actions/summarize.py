"""Say in a few sentences what texts say: given ones, or what an earlier step brought."""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field

from shared.automations.actions.action import Action
from shared.automations.actions.base import Done, StepContext
from shared.domains.content.addresses import find_addresses
from shared.kit.schema import Input

_MAX_CHARS = 100_000
_ABOUT_THE_STEP = ("status", "message")  # what a step's result says beside what it brought
_FEWEST_WORDS = 3  # less is an id or a label, and no sentence


class Config(Input):
    """`text` is a text, a list, or a placeholder such as `{{ steps.research }}` for all that a step brought."""

    text: Annotated[str, Field(max_length=_MAX_CHARS)] | list[Any] | dict[str, Any]
    max_sentences: Annotated[int, Field(ge=1, le=20)] = 5


def run(context: StepContext, config: Config) -> Done:
    every = dict.fromkeys(_texts(config.text))
    texts = list(_within(_MAX_CHARS, every))
    if not texts:
        return Done("There was nothing to summarize.", {"summary": "", "sentences": [], "texts": 0, "generator": None})
    from shared.domains.content import service as content

    made = content.summarize(texts, config.max_sentences)
    left_out = len(every) - len(texts)
    rest = f"; {left_out} more were left out, as at most {_MAX_CHARS:,} characters are read" if left_out else ""
    return Done(
        f"Summarized {len(texts)} texts{rest}.", {**made.model_dump(), "texts": len(texts), "left_out": left_out}
    )


def _texts(value: Any) -> Iterator[str]:
    """The sentences in whatever an earlier step brought; ids, labels and addresses are none."""
    if isinstance(value, str):
        if len(value.split()) >= _FEWEST_WORDS and find_addresses(value) != {value.strip().lower()}:
            yield value
        return
    if isinstance(value, dict):
        value = [child for name, child in value.items() if name not in _ABOUT_THE_STEP or "status" not in value]
    for child in value if isinstance(value, list) else ():
        yield from _texts(child)


def _within(room: int, texts: dict[str, None]) -> Iterator[str]:
    for text in texts:
        room -= len(text)
        if room < 0:
            return
        yield text


ACTION = Action(
    name="summarize",
    title="Summarize",
    config=Config,
    run=run,
    short_form={"text": ["{{ steps }}", "{{ event }}"]},  # what earlier steps brought, and what started it
)
