"""What a run keeps of steps and events is not indexed: a document has room for 40,000 index entries, and each costs."""

import json
from pathlib import Path
from typing import get_origin

import pytest
from pydantic import BaseModel

from shared.automations.runs.models import Execution, StepRecord

_QUERIED = {"slots", "shortened"}  # short lists of short texts


@pytest.mark.parametrize(("model", "collection"), [(Execution, "executions"), (StepRecord, "steps")])
def test_maps_and_lists_of_runs_are_exempt(model: type[BaseModel], collection: str, root: Path) -> None:
    overrides = json.loads((root / "infra/firestore/firestore.indexes.json").read_text())["fieldOverrides"]
    exempt = {each["fieldPath"] for each in overrides if each["collectionGroup"] == collection and not each["indexes"]}
    nested = set()
    for name, field in model.model_fields.items():
        kinds = [field.annotation, *getattr(field.annotation, "__args__", ())]
        if any(get_origin(kind) in (dict, list) or _is_model(kind) for kind in kinds) and not field.exclude:
            nested.add(name)
    assert nested - _QUERIED <= exempt


def _is_model(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
