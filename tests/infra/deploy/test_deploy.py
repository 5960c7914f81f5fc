"""A deployment from beginning to end, and all that may end it half-way, against a stand-in of Google Cloud."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from infra.deploy import indexes
from infra.deploy.deploy import deploy
from infra.deploy.execute import Terminal
from infra.local.process import LocalError
from tests.fixtures.waiting import eventually
from tests.infra.deploy.world import LAST, LOCK, NAMES, World
from tests.infra.deploy.world import world as world  # a fixture

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def test_new_code_serves_when_its_trial_is_good_and_can_be_taken_back(world: World) -> None:
    world.deploy()
    assert world.serving == dict.fromkeys(NAMES, "2")
    state = world.state
    assert LOCK not in state["objects"]
    assert not any(service["tag"] for service in state["services"].values())
    log = state["log"]
    held = max(number for number, line in enumerate(log) if "-00001=100" in line)
    applied = next(number for number, line in enumerate(log) if line.startswith("terraform apply"))
    routed = next(number for number, line in enumerate(log) if "-00002=100" in line)
    assert held < applied < routed
    world.rollback()
    assert world.serving == dict.fromkeys(NAMES, "1")
    with pytest.raises(LocalError, match="rolled back already"):
        world.rollback()
    world.deploy()  # the same code does not come again by itself
    assert world.serving == dict.fromkeys(NAMES, "1")
    world.write(deploys=["health"])
    world.deploy()
    assert world.serving == {**dict.fromkeys(NAMES, "1"), "health": "3"}


def test_collections_are_exempted_once_their_indexes_are_ready(world: World) -> None:
    world.write(exempted=["prospects"], polls_until_ready=2)
    world.deploy()
    assert sorted(world.state["exempted"]) == sorted(indexes.exempt())
    world.write(exempted=[])
    world.answers["executions"] = (403, '{"error": {"message": "denied"}}')
    assert "cannot be set: denied. No function was changed" in world.refused()


def test_events_that_are_given_up_go_to_the_dead_letters_and_other_applications_are_left_alone(world: World) -> None:
    world.deploy()
    ours = dict.fromkeys(("prospect-written-1", "template-written-1"), "dead-letters 100")
    assert world.state["eventarc"] == {**ours, "another-applications-1": ""}
    world.write(faults={"pubsub subscriptions update": "ERROR: denied"}, deploys=["health"])
    assert "would be lost: ERROR: denied. What served before still serves" in world.refused()
    assert world.serving["health"] == "2"
    world.write(faults={}, deploys=["health"], eventarc={"prospect-written-1": ""})
    assert "would be lost: template-written has no subscription" in world.refused()


@pytest.mark.parametrize("answer", [(500, "no"), (200, "[]")])
def test_a_failing_trial_moves_no_traffic_and_the_next_deployment_goes_on(
    world: World, answer: tuple[int, str]
) -> None:
    world.answers["prospects-00002"] = answer
    text = world.refused()
    assert "serves nobody" in text
    assert "prospects: GET" in text
    assert world.serving == dict.fromkeys(NAMES, "1")
    with pytest.raises(LocalError, match="nothing to roll back"):
        world.rollback()
    world.answers.clear()
    world.deploy()
    assert world.serving == dict.fromkeys(NAMES, "2")


def test_a_schedule_that_fails_gets_its_old_revision_back(world: World) -> None:
    world.write(bad_revisions=["ended-executions-00002"])
    assert "failed with code 13" in world.refused()
    assert world.serving == dict.fromkeys(NAMES, "1")


def test_a_revision_that_does_not_start_is_named(world: World) -> None:
    world.write(unstarted=["hooks"])
    assert "hooks: revision hooks-00002 is not ready" in world.refused()
    assert world.serving == dict.fromkeys(NAMES, "1")


def test_functions_wait_for_indexes(world: World) -> None:
    world.write(polls_until_ready=3)
    world.deploy()
    log = world.state["log"]
    polls = [number for number, line in enumerate(log) if "composite list" in line]
    assert len(polls) == 4
    assert max(polls) < next(number for number, line in enumerate(log) if line.startswith("terraform apply"))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"index_state": "NEEDS_REPAIR"}, "NEEDS_REPAIR"),
        ({"indexes": []}, "was not created"),
        ({"polls_until_ready": 10_000}, "deploy again later"),
        ({"faults": {"firestore indexes": "ERROR: denied"}}, "cannot be listed: ERROR: denied"),
        ({"faults": {"plan": "Error: No value for required variable"}}, "terraform.tfvars.example"),
        ({"faults": {"init": "Error: bucket"}}, "could not begin"),
        ({"faults": {"run services list": "ERROR: denied"}}, "services cannot be listed"),
        ({"faults": {"run services update-traffic health": "ERROR: aborted"}}, "Traffic cannot be held"),
        ({"faults": {"secrets versions describe 2": "NOT_FOUND"}}, "LLM_API_KEY has no version 2"),
        ({"faults": {"billing projects": "ERROR: denied", "storage buckets": "ERROR: 404"}}, "--versioning"),
    ],
)
def test_what_stops_it_early_changes_nothing(
    world: World, changes: dict[str, Any], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexes, "PAUSE", 1000.0)
    world.write(**changes)
    assert words in world.refused()
    assert world.serving == dict.fromkeys(NAMES, "1")
    assert not [line for line in world.state["log"] if line.startswith("terraform apply")]


def test_an_apply_that_stops_half_way_leaves_the_old_code_serving(world: World) -> None:
    world.write(faults={"apply": "Error: quota exceeded"})
    assert "stopped half-way" in world.refused()
    assert json.loads(world.state["objects"][LAST])["state"] == "failed"
    world.write(faults={})
    world.deploy()
    assert world.serving == dict.fromkeys(NAMES, "2")


def test_traffic_that_moves_in_part_can_go_on_or_back(world: World) -> None:
    world.write(
        faults={"run services update-traffic hooks --region=europe-west1 --to-revisions=hooks-00002": "ERROR: 409"}
    )
    assert "4 of 5 functions serve the new code; hooks" in world.refused()
    world.write(faults={})
    world.rollback()
    assert world.serving == dict.fromkeys(NAMES, "1")


def test_going_on_after_a_part_keeps_the_way_back(world: World) -> None:
    world.write(
        faults={"run services update-traffic hooks --region=europe-west1 --to-revisions=hooks-00002": "ERROR: 409"}
    )
    world.refused()
    world.write(faults={})
    world.deploy()
    assert world.serving == dict.fromkeys(NAMES, "2")
    world.rollback()
    assert world.serving == dict.fromkeys(NAMES, "1")


def test_of_two_at_once_one_is_kept_away(world: World) -> None:
    world.lock("bob@example.com")
    with pytest.raises(LocalError, match="bob@example"):
        world.deploy()
    with pytest.raises(LocalError, match="bob@example"):
        world.rollback()
    assert LOCK in world.state["objects"]
    assert world.serving == dict.fromkeys(NAMES, "1")


def test_the_lock_of_another_is_left_where_ours_was_removed_meanwhile(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """Somebody took us for dead: another deployment has the lock when ours ends."""

    def pack() -> dict[str, str]:
        world.lock("bob@example.com")
        return dict.fromkeys(NAMES, "x.zip")

    deploy(world.site, Terminal(agreed=True), pack)
    assert "bob@example.com" in world.state["objects"][LOCK]
    assert "Two deployments may have run at once" in capsys.readouterr().out


def test_the_first_deployment_has_nothing_to_go_back_to(world: World) -> None:
    world.write(services={})
    with pytest.raises(LocalError, match="none was recorded"):
        world.rollback()
    world.deploy()
    assert world.serving == dict.fromkeys(NAMES, "1")
    with pytest.raises(LocalError, match="It was the first"):
        world.rollback()


def test_nobody_agreeing_is_no_consent(world: World) -> None:
    with pytest.raises(LocalError, match="YES=1"):
        deploy(world.site, Terminal(), lambda: dict.fromkeys(NAMES, "x.zip"))
    assert not [line for line in world.state["log"] if line.startswith("terraform apply")]


def test_ctrl_c_half_way_ends_terraform_in_good_order_and_gives_the_lock_back(world: World, root: Path) -> None:
    world.write(apply_seconds=30)
    program = (
        "import signal, sys, tests.infra.deploy.world as t\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a shell's background jobs ignore it
        "site = t.Site('shop-1', '', 'state', resource_manager=sys.argv[1], firestore=sys.argv[1])\n"
        "t.deploy(site, t.Terminal(agreed=True), lambda: dict.fromkeys(t.NAMES, 'x.zip'))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, world.url],
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    eventually(lambda: [line for line in world.state["log"] if line.startswith("terraform apply")])
    process.send_signal(signal.SIGINT)
    printed, _ = process.communicate(timeout=60)
    assert process.returncode != 0
    assert "Stopped half-way" in printed
    assert LOCK not in world.state["objects"]
    assert world.serving == dict.fromkeys(NAMES, "1")
    world.write(apply_seconds=0)
    world.deploy()
    assert world.serving == dict.fromkeys(NAMES, "2")
