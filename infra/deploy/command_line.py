"""The commands `deploy` and `rollback`: their arguments."""

import argparse
from collections.abc import Sequence

from infra.deploy import archives, deploy, plan, rollback
from infra.deploy.commands import Site
from infra.deploy.execute import Terminal


def _arguments(name: str, words: Sequence[str]) -> tuple[Site, Terminal]:
    parser = argparse.ArgumentParser(f"python -m infra {name}")
    parser.add_argument("project", help="the id of a Google Cloud project")
    parser.add_argument("--yes", action="store_true", help="agree beforehand, as a script must")
    parser.add_argument("--bucket", help="of Terraform's state; PROJECT-terraform unless named")
    given = parser.parse_args(words)
    bucket = given.bucket or f"{given.project}-terraform"
    return Site(given.project, "", bucket), Terminal(agreed=given.yes)


def run_deploy(words: Sequence[str]) -> None:
    """Deploy as the arguments say. Raises LocalError."""
    site, terminal = _arguments("deploy", words)
    plan.write()
    deploy.deploy(site, terminal, archives.write)


def run_rollback(words: Sequence[str]) -> None:
    """Roll back as the arguments say. Raises LocalError."""
    site, terminal = _arguments("rollback", words)
    rollback.roll_back(site, terminal)
