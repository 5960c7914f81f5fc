"""The commands of python -m infra: dev, demo, bench, chaos, openapi, messages, plan, archives, firebase, deploy,
rollback, drill, renewals and audit."""

import signal
import sys
from collections.abc import Callable

from infra.local.process import LocalError, end_with_parent


def _dev() -> None:
    from infra.local.dev import serve

    serve()


def _demo() -> None:
    from infra.demo.play import play

    play()


def _bench() -> None:
    from infra.bench.run import measure

    measure()


def _chaos() -> None:
    from infra.chaos.run import chaos

    chaos()


def _openapi() -> None:
    from infra import openapi

    openapi.write()


def _messages() -> None:
    from infra import messages

    messages.write()


def _plan() -> None:
    from infra.deploy import plan, terraform_check

    plan.write()
    terraform_check.check()


def _archives() -> None:
    from infra.deploy import archives

    print(f"{len(archives.write())} archives are in {archives.FOLDER.relative_to(archives.FOLDER.parents[1])}.")


def _firebase() -> None:
    from infra import firebase

    firebase.write()


def _deploy() -> None:
    from infra.deploy import command_line

    command_line.run_deploy(sys.argv[2:])


def _rollback() -> None:
    from infra.deploy import command_line

    command_line.run_rollback(sys.argv[2:])


def _drill() -> None:
    from infra.drill.run import drill

    drill()


def _renewals() -> None:
    """Go on with all renewals in the project of the environment, and print how far each is."""
    from shared.automations.operations import renewals
    from shared.store.renewals import state_of

    renewals.sweep()
    for renewal in renewals.every():
        state = state_of(renewal)
        ended = f"finished at {state['finished_at']:%Y-%m-%d %H:%M}" if state["finished_at"] else "not finished"
        print(f"{renewal.name} to {renewal.target}: {ended}, {state['passes']} passes, {state['changed']} changed,")
        print(f"  {state['refused']} refused, {state['read']} read in this pass")


def _audit() -> None:
    from infra.security.audit import audit

    audit()


COMMANDS: dict[str, Callable[[], None]] = {
    "dev": _dev,
    "demo": _demo,
    "bench": _bench,
    "chaos": _chaos,
    "openapi": _openapi,
    "messages": _messages,
    "drill": _drill,
    "renewals": _renewals,
    "plan": _plan,
    "firebase": _firebase,
    "archives": _archives,
    "deploy": _deploy,
    "rollback": _rollback,
    "audit": _audit,
}


def main() -> int:
    """Run the command that argv names; returns the exit code, and prints one sentence for a failure."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job starts with SIGINT ignored
    for number in (signal.SIGTERM, signal.SIGHUP):  # a kill and a closed terminal end in good order too
        signal.signal(number, signal.default_int_handler)
    end_with_parent()
    command = COMMANDS.get(sys.argv[1] if len(sys.argv) > 1 else "")
    if command is None:
        print(f"usage: python -m infra {' | '.join(COMMANDS)}", file=sys.stderr)
        return 2
    try:
        command()
    except LocalError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
