"""What analytics answer, as charts: a specification, SVG or PNG."""

import json
from typing import Any

from shared.domains.analytics.charts import rendering, specs
from shared.domains.analytics.charts.specs import Spec, Theme
from shared.domains.analytics.models import (
    AnalyticsSummary,
    ChartQuery,
    Comparison,
    DataPoint,
    Funnel,
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
            sides = [(side, f"{side.count} of {side.of}") for side in (answer.a, answer.b)]
            named = [{"name": side.label, "value": side.value, "label": label} for side, label in sides]
            return specs.bars(answer.metric.title, answer.metric.unit, named, theme)
    charts = [
        specs.lines(metric.title, metric.unit, _rows(metric.title, metric.data_points), theme)
        for metric in [metric for metric in answer.metrics if metric.available][:_SHOWN]
    ]
    return specs.below_each_other(charts)


def _rows(name: str, points: list[DataPoint]) -> list[dict[str, Any]]:
    return [{"name": name, "date": point.date, "value": point.value} for point in points]


def _funnel(funnel: Funnel, theme: Theme) -> Spec:
    """The stages of all messages."""
    rows = [
        {
            "name": stage.title,
            "value": stage.count,
            "label": f"{stage.count}" if stage.rate is None else f"{stage.count} ({stage.rate:.0%})",
        }
        for stage in funnel.groups[0].stages
        if stage.available
    ]
    return specs.bars("Messages by stage", "count", rows, theme)
