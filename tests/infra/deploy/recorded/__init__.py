"""What gcloud, Terraform and Google's APIs answer, in their documented formats."""

import json
from pathlib import Path
from typing import Any

from infra.deploy.commands import Answer


def text(name: str) -> str:
    return (Path(__file__).parent / f"{name}.json").read_text()


def content(name: str) -> Any:
    return json.loads(text(name))


def answer(name: str) -> Answer:
    return Answer(0, text(name))
