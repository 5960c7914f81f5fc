"""The fields that texts are indexed under, and how much a word counts in each."""

from collections.abc import Mapping
from types import MappingProxyType

# Segments store a field by its place in this tuple: append, never reorder or remove.
FIELDS = (
    "title",
    "name",
    "company",
    "role",
    "email",
    "tags",
    "summary",
    "body",
    "url",
    "category",
    "person",
)

# How often an occurrence counts. What a document is called by counts twice; where it lives, and what it is filed
# under, says less about it than its text does.
WEIGHTS: Mapping[str, float] = MappingProxyType(
    dict.fromkeys(FIELDS, 1.0)
    | {"title": 2.0, "name": 2.0, "company": 2.0, "email": 2.0, "person": 1.5}
    | {"tags": 1.5, "url": 0.5, "category": 0.5}
)
