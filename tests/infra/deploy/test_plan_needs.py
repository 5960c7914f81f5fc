"""What a function needs follows from its imports; the tables name every secret and everyone who sends."""

from pathlib import Path

import pytest

from infra.deploy import needs, plan
from infra.imports import Imports
from shared.settings import Settings

LOCAL = {"LOCAL_CALLER_SECRET"}


def test_every_secret_of_the_settings_is_in_the_table() -> None:
    hidden = {name.upper() for name, field in Settings.model_fields.items() if not field.repr} - LOCAL
    assert hidden == set(needs.SECRETS)
    words = ("_key", "_secret", "smtp_url", "password", "_token", "_headers")
    assert {name.upper() for name in Settings.model_fields if name.endswith(words)} - LOCAL == hidden


def test_everyone_who_sends_is_in_the_tables(root: Path) -> None:
    graph, looks_up = Imports(root).graph(), {"functions.http.ready"}
    assert _importers(graph, "shared.gcp.pubsub") - looks_up == set(needs.PUBLISHERS)
    assert _importers(graph, "shared.gcp.tasks") - looks_up == set(needs.ENQUEUERS)


def _importers(graph: dict[str, set[str]], module: str) -> set[str]:
    return {importer for importer, imported in graph.items() if module in imported}


def test_senders_send_to_topics_and_queues_that_somebody_serves() -> None:
    made = plan.plan()
    sent_to = {name for name, topic in made.topics.items() if topic.dead_letters}  # to the others Pub/Sub itself sends
    assert {name for names in needs.PUBLISHERS.values() for name in names} == sent_to
    assert {name for names in needs.ENQUEUERS.values() for name in names} == set(made.queues)


@pytest.mark.parametrize("package", sorted({package for package in needs.SECRETS.values() if package}))
def test_the_packages_that_need_secrets_exist(root: Path, package: str) -> None:
    assert package in Imports(root).files


def test_functions_get_no_more_than_they_can_reach() -> None:
    assert needs.of("functions.http.health").secrets == ("SIGNING_KEY", "TRACES_HEADERS")
    assert "SECRETS_KEY" in needs.of("functions.workers.run_execution").secrets
    assert needs.of("functions.http.webhooks").publishes == ()
    assert needs.of("functions.http.webhooks").enqueues == ("deliver-webhook",)
    assert needs.of("functions.http.realtime").users
    assert not needs.of("functions.http.webhooks").users


def test_what_is_imported_within_a_function_counts(tmp_path: Path) -> None:
    for path, text in {
        "functions/http/late.py": "def late():\n    from shared.domains import letters\n",
        "shared/domains/letters.py": "def send():\n    import shared.providers.mail.smtp\n",
        "shared/providers/mail/smtp.py": "",
        "shared/providers/mail/__init__.py": "",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    reached = Imports(tmp_path).reach("functions.http.late")
    assert needs.of_modules(reached).secrets == ("RESEND_API_KEY", "SIGNING_KEY", "SMTP_URL")
