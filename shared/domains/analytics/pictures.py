"""What analytics answer, as charts: a specification, SVG or PNG."""

import json
from typing import Any

from shared.domains.analytics import wording
from shared.domains.analytics.charts import rendering, specs
from shared.domains.analytics.charts.specs import Spec, Theme
from shared.domains.analytics.models import (
    AnalyticsSummary,
    ChartQuery,
    ComparedSide,
    Comparison,
    DataPoint,
    Funnel,
    FunnelStage,
    SystemPerformance,
    Timeseries,
)

_SHOWN = 6  # metrics of a summary
TYPES = {"vega": "application/vnd.vegalite.v5+json", "svg": "image/svg+xml", "png": "image/png"}
Charted = AnalyticsSummary | SystemPerformance | Timeseries | Funnel | Comparison


def drawn(answer: Charted, query: ChartQuery) -> bytes:
    """The answer in the form that the query asks for."""
    spec = spec_of(answer, query.theme)
    if query.format == "svg":
        return rendering.svg(spec).encode()
    return rendering.png(spec) if query.format == "png" else json.dumps(spec).encode()


def spec_of(answer: Charted, theme: Theme) -> Spec:
    """The answer's Vega-Lite specification."""
    match answer:
        case Timeseries():
            rows = [row for line in answer.series for row in _rows(line.name, line.data_points)]
            return specs.lines(answer.metric.title, answer.metric.unit, rows, theme)
        case Funnel():
            return _funnel(answer, theme)
        case Comparison():
            rows = [_side(name, side, answer) for name, side in (("a", answer.a), ("b", answer.b))]
            return specs.bars(answer.metric.title, answer.metric.unit, rows, theme)
    charts = [
        specs.lines(metric.title, metric.unit, _rows(metric.title, metric.data_points), theme)
        for metric in [metric for metric in answer.metrics if metric.available][:_SHOWN]
    ]
    return specs.below_each_other(charts)


def _rows(name: str, points: list[DataPoint]) -> list[dict[str, Any]]:
    return [{"name": name, "date": point.date, "value": point.value} for point in points]


def _side(name: str, side: ComparedSide, comparison: Comparison) -> dict[str, Any]:
    """A side under its label, or under its name where both have the same."""
    unit, same = comparison.metric.unit, comparison.a.label == comparison.b.label
    days = "1 day" if side.of == 1 else f"{side.of} days"
    words = {"ratio": f"{side.count} of {side.of}", "count": f"{side.count:,} in {days}"}
    label = words.get(unit, "" if side.value is None else f"{wording.number(side.value)} {unit}")
    return {"name": f"{name}: {side.label}" if same else side.label, "value": side.value, "label": label}


def _funnel(funnel: Funnel, theme: Theme) -> Spec:
    """The stages of all messages, and below them those of each group."""
    charts = [_stages(f"Messages by stage: {group.name}", group.stages, theme) for group in funnel.groups]
    return specs.below_each_other(charts) if len(charts) > 1 else charts[0]


def _stages(title: str, stages: list[FunnelStage], theme: Theme) -> Spec:
    rows = [
        {
            "name": stage.title,
            "value": stage.count,
            "label": f"{stage.count:,}" if stage.rate is None else f"{stage.count:,} ({stage.rate:.1%})",
        }
        for stage in stages
        if stage.available
    ]
    return specs.bars(title, "count", rows if any(row["value"] for row in rows) else [], theme)
