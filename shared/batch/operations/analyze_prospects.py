"""Analyze prospects: how well each fits, why, and what to talk about."""

from shared.batch.models import Selection
from shared.batch.operations.base import Costs, Item, Operation, Perform
from shared.domains.content.audience_profile import AudienceProfile


class AnalyzeProspects(Selection):
    audience_profile: AudienceProfile | None = None


def begin(uid: str, body: AnalyzeProspects) -> Perform:
    from shared.domains.content.analysis import service as analysis

    analyze = analysis.analyzer(uid, body.audience_profile)

    def perform(item: Item) -> None:
        analyze(item.value, item.done())

    return perform


OPERATION = Operation(
    name="analyze_prospects",
    text="Analyze prospects and store how well they fit, as `/api/prospects/score` does.",
    body=AnalyzeProspects,
    begin=begin,
    collection=lambda body: "prospects",
    costs=lambda body: Costs(reads=1, writes=3, asks=1),
)
