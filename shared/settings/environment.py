"""A model whose fields are environment variables. Without pydantic-settings, which takes a tenth of a start to import
for sources that nobody here has."""

import os
from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic.fields import FieldInfo


class Environment(BaseModel):
    """Reads each field that is not given from its variable, where that is set."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True, defer_build=True)

    def __init__(self, **given: Any) -> None:
        for name, field in type(self).model_fields.items():
            each = variable(name, field)
            if each in os.environ and not given.keys() & {name, each}:
                given[name] = os.environ[each]
        super().__init__(**given)


def variable(name: str, field: FieldInfo) -> str:
    """The environment variable of a setting."""
    return str(field.validation_alias or name.upper())
