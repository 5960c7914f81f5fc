"""/api/analytics: what happened, counted as it happened, by hour, day, week and month of the user's time zone."""

from typing import TypeVar

from shared.domains.analytics import answers, comparison, export, performance, pictures
from shared.domains.analytics import funnel as funnels
from shared.domains.analytics.digests import service as digests
from shared.domains.analytics.digests.models import DigestSettings
from shared.domains.analytics.metrics import METRICS
from shared.domains.analytics.models import (
    ChartQuery,
    CompareAnswer,
    CompareQuery,
    ExportInput,
    ExportRows,
    FunnelAnswer,
    FunnelQuery,
    MetricList,
    PerformanceAnswer,
    PerformanceQuery,
    SummaryAnswer,
    TimeseriesAnswer,
    TimeseriesQuery,
)
from shared.runtime.auth import check_operator
from shared.runtime.http import Call, http_function
from shared.runtime.router import Chart, Download, Fields, File, One, Router
from shared.store.single import Versioned

A = TypeVar("A", SummaryAnswer, TimeseriesAnswer, FunnelAnswer, CompareAnswer, PerformanceAnswer)
router = Router("/api/analytics")


@router.get("/metrics", Fields(MetricList))
def list_metrics(call: Call) -> MetricList:
    """Every metric: its unit, its source, by what it can be broken down, and whether there is such a number."""
    return MetricList(metrics=[answers.view(metric) for metric in METRICS.values()])


@router.get("/summary", Chart(SummaryAnswer))
def get_summary(call: Call, query: ChartQuery) -> SummaryAnswer | Download:
    """The most important metrics of a period, with their points and trends, and the templates that do best."""
    return _shown(SummaryAnswer(summary=answers.summary(call.uid, query)), query)


@router.get("/timeseries", Chart(TimeseriesAnswer))
def get_timeseries(call: Call, query: TimeseriesQuery) -> TimeseriesAnswer | Download:
    """One metric over time, as a whole or by a dimension."""
    return _shown(TimeseriesAnswer(timeseries=answers.timeseries(call.uid, query)), query)


@router.get("/funnel", Chart(FunnelAnswer))
def get_funnel(call: Call, query: FunnelQuery) -> FunnelAnswer | Download:
    """Of the messages sent in a period, how many were delivered, came back, were answered."""
    return _shown(FunnelAnswer(funnel=funnels.funnel(call.uid, query)), query)


@router.get("/compare", Chart(CompareAnswer))
def compare(call: Call, query: CompareQuery) -> CompareAnswer | Download:
    """A metric in two periods or of two segments: what differs, and whether that is more than chance."""
    return _shown(CompareAnswer(comparison=comparison.compare(call.uid, query)), query)


@router.get("/performance", Chart(PerformanceAnswer))
def get_performance(call: Call, query: PerformanceQuery) -> PerformanceAnswer | Download:
    """How long steps and providers took, how many calls failed, and for how long runs wait to begin."""
    check_operator(call.caller.principal, required=query.scope == "all")
    answer = performance.of_all(call.uid, query) if query.scope == "all" else performance.of_user(call.uid, query)
    return _shown(PerformanceAnswer(performance=answer), query)


@router.get("/digest", One("digest", DigestSettings))
def get_digest(call: Call) -> Versioned[DigestSettings]:
    """Whether you get the weekly digest, and by which way."""
    return digests.get_settings(call.uid)


@router.put("/digest", One("digest", DigestSettings))
def set_digest(call: Call, body: DigestSettings) -> Versioned[DigestSettings]:
    """Switch the weekly digest on or off."""
    return digests.set_settings(call.uid, body, call.if_match)


@router.post("/export", File(ExportRows))
def export_data(call: Call, body: ExportInput) -> Download:
    """Metrics by day, or the documents of a range, as CSV, JSON or XLSX. No text in it is a formula."""
    file = export.export(call.uid, body)
    return Download(file.pieces, file.content_type, file.name)


def _shown(answer: A, query: ChartQuery) -> A | Download:
    """The answer, or a picture of the one thing in it."""
    if query.format == "json":
        return answer
    [charted] = [getattr(answer, name) for name in type(answer).model_fields]
    name = f"analytics.{'vl.json' if query.format == 'vega' else query.format}"
    return Download(pictures.drawn(charted, query), pictures.TYPES[query.format], name)


analytics = http_function("analytics", router)
