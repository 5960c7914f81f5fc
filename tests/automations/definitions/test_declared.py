"""A process in which no registry has declared the actions shows no secret, and passes over no steps."""

import subprocess
import sys
from pathlib import Path

import pytest

from shared.automations.catalog.registry import ACTIONS
from shared.automations.definitions import program
from shared.automations.definitions.masking import MASK, masked
from shared.automations.definitions.models import Step

HOOK = {"url": "https://example.org", "secret": "s3cret", "headers": {"X-Key": "k3y"}}
PREPARED = f"""
from shared.automations.definitions import masking, program
from shared.automations.definitions.declared import Undeclared
from shared.automations.definitions.models import Automation, Step
from shared.automations.definitions.sealed_steps import sealed_steps, unsealed_steps
step = {{"id": "call", "action": "call_webhook", "config": {HOOK!r}}}
moment = "2026-01-01T00:00:00Z"
fields = {{"id": "a", "user_id": "u", "name": "n", "trigger": "manual", "created_at": moment, "updated_at": moment}}
"""


@pytest.mark.parametrize(
    "question",
    [
        'masking.masked("call_webhook", step["config"])',
        "Step.model_validate(step).masked()",
        "masking.stripped([step])",
        "masking.restored([step], [step])",
        'sealed_steps("u", [step])',
        'unsealed_steps("u", [step])',
        "program.compiled([Step.model_validate(step)])",
        "program.nested(Step.model_validate(step))",
        'Automation.model_validate({**fields, "steps": [step]})',
    ],
)
def test_nothing_is_answered_before_the_actions_are_declared(root: Path, question: str) -> None:
    code = f"{PREPARED}\ntry:\n    print({question})\nexcept Undeclared as error:\n    print('refused:', error)"
    answer = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True).stdout
    assert answer.startswith("refused: Import shared.automations.catalog.registry")
    assert "s3cret" not in answer


def test_what_an_action_declares_is_masked_and_compiled() -> None:
    assert masked("call_webhook", HOOK) == {**HOOK, "secret": MASK, "headers": {"X-Key": MASK}}
    assert {name for name, action in ACTIONS.items() if action.secrets} == {"call_webhook"}
    nesting = {name for name, action in ACTIONS.items() if [*action.blocks({"steps": [], "cases": []})]}
    assert nesting == {"branch", "for_each"}
    assert {name for name, action in ACTIONS.items() if action.repeats} == {"for_each"}


def test_a_stored_step_whose_action_is_gone_is_read_as_before() -> None:
    step = Step(id="old", action="gone", config={"secret": "text", "steps": [{"action": "delay"}]})
    assert step.masked() == step
    assert [instruction.step for instruction in program.compiled([step])] == [step]
