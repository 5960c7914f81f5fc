"""Plays the storm and the isolation of users at full size; a message that is lost, or is another user's, ends it."""

from infra.local.cloud import LocalCloud
from infra.local.process import LocalError
from infra.storm import isolation, play
from infra.storm.play import Report, Size


def measure(cloud: LocalCloud, events: int) -> dict[str, float]:
    """The figures of both. Raises LocalError with the faults that they found."""
    storm = play.play(cloud, Size(10, 200, events, patience=1_800), project="bench-storm", grace=120)
    alone = isolation.play(cloud, Size(50, 150, events, patience=300), project="bench-isolation")
    return {
        f"{name}_{figure}": value
        for name, report in (("storm", storm), ("isolation", alone))
        for figure, value in _figures(name, report).items()
    }


def _figures(name: str, report: Report) -> dict[str, float]:
    if report.findings:
        found = {what: [len(each), *each[:3]] for what, each in vars(report.findings).items() if each}
        raise LocalError(f"The {name} has found faults: {found}.")
    numbers = ("events", "entries", "delivered", "duplicates", "connections", "kills", "silences", "seconds")
    return {number: getattr(report, number) for number in numbers if getattr(report, number)}
