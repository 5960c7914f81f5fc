"""Which generator writes: a language model where a key is set, else the local one."""

from shared.domains.content.base import Generator
from shared.domains.content.local import LocalGenerator
from shared.providers import llm


def generator() -> Generator:
    model = llm.configured()
    if model is None:
        return LocalGenerator()
    from shared.domains.content.model import ModelGenerator

    return ModelGenerator(model)
