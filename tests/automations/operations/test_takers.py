"""What takes messages, tasks and events is named as the manifest has it."""

import pytest

from functions.manifest import FUNCTIONS
from functions.spec import DEAD_LETTERS, DocumentWritten, Queue, Topic
from infra.deploy import plan
from infra.deploy.needs import Needs
from shared.automations.operations import takers
from shared.automations.operations.sources import COLLECTIONS
from shared.runtime.workers import TASK_ATTEMPTS


def test_the_names_are_the_manifests() -> None:
    topics = {s.name: s.trigger.topic for s in FUNCTIONS if isinstance(s.trigger, Topic)}
    assert {name: topic for name, topic in topics.items() if topic != DEAD_LETTERS} == takers.TOPICS
    assert {s.name: s.trigger.queue for s in FUNCTIONS if isinstance(s.trigger, Queue)} == takers.QUEUES
    written = {s.name: s.trigger.collection for s in FUNCTIONS if isinstance(s.trigger, DocumentWritten)}
    assert written == takers.COLLECTIONS
    assert set(written.values()) == {*COLLECTIONS}


def test_a_task_is_tried_as_often_as_its_function_believes() -> None:
    queues = [spec.trigger for spec in FUNCTIONS if isinstance(spec.trigger, Queue)]
    assert {queue.max_attempts for queue in queues} == {TASK_ATTEMPTS}


def test_a_subscription_names_its_function() -> None:
    topics = plan.plan(needed=lambda module: Needs()).topics
    assert len(topics) > 1
    for name, topic in topics.items():
        function = takers.of_subscription(topic.subscription)
        assert function == (None if name == DEAD_LETTERS else topic.function.replace("-", "_"))


@pytest.mark.parametrize("path", ["", "users/ann", "users/ann/prospects", "users/ann/notes/n", "a/b/prospects/d/e/f"])
def test_a_document_whose_events_nobody_takes(path: str) -> None:
    assert takers.of_document(path) is None
