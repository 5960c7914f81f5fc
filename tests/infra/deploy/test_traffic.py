"""Which revision serves whom, and what is routed where."""

from infra.deploy import traffic
from infra.deploy.commands import Site
from tests.infra.deploy import recorded

SITE = Site("shop-1", "us-central1", "state")
FOUND = traffic.services(recorded.content("services"))


def test_the_recorded_services_are_read() -> None:
    health, prospects = FOUND["health"], FOUND["prospects"]
    assert (health.serving, health.follows, health.held) == ({"health-00002-pag": 100}, True, False)
    assert (prospects.serving, prospects.follows, prospects.held) == ({"prospects-00004-vul": 100}, False, True)
    assert prospects.next_url == "https://next---prospects-3kq5mvzx7a-uc.a.run.app"
    assert traffic.services(None) == {}


def test_only_what_follows_the_latest_revision_is_held() -> None:
    (pin,) = traffic.pins(SITE, FOUND)
    assert pin.argv[:6] == ("gcloud", "run", "services", "update-traffic", "health", "--region=us-central1")
    assert "--to-revisions=health-00002-pag=100" in pin.argv


def test_a_revision_that_does_not_start_is_no_candidate_and_says_why() -> None:
    assert set(traffic.candidates(FOUND, FOUND)) == {"prospects", "vault"}
    broken = traffic.unstarted(FOUND, [*FOUND, "unknown"])
    assert list(broken) == ["chat"]
    assert "failed to start and listen" in broken["chat"]


def test_what_was_rolled_back_does_not_come_again_by_itself() -> None:
    assert set(traffic.candidates(FOUND, FOUND, ["prospects-00005-wey"])) == {"vault"}


def test_of_a_split_the_larger_part_is_recorded() -> None:
    assert traffic.serving(FOUND)["vault"] == "vault-00001-aaa"
    assert traffic.serving(FOUND)["health"] == "health-00002-pag"
