"""What clients ask of analytics, and what they are answered."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from shared.domains.analytics.metrics import Dimension, Unit
from shared.domains.analytics.periods import Step, TimeRange
from shared.kit.schema import Date, Input, Model, Name

Format = Literal["json", "vega", "svg", "png"]
Theme = Literal["light", "dark"]
Trend = Literal["up", "down", "stable"]


class PeriodQuery(Input):
    """The last day, week (7 days), month (30), quarter (91) or year (365), or the days from `since` to `until`."""

    time_range: TimeRange = "month"
    since: Date | None = None
    until: Date | None = None


class ChartQuery(PeriodQuery):
    """As JSON, or drawn: `vega` answers the Vega-Lite specification."""

    format: Format = "json"
    theme: Theme = "light"


class TimeseriesQuery(ChartQuery):
    metric: Annotated[Name, Field(examples=["outreach_sent"])]
    by: Dimension | None = None
    step: Step | None = None


class FunnelQuery(ChartQuery):
    by: Dimension | None = None


class MetricView(Model):
    """A metric, as it is defined."""

    metric_type: str
    title: str
    unit: Unit
    source: str
    description: str
    dimensions: list[str]
    available: bool
    reason: str | None


class MetricList(Model):
    metrics: list[MetricView]


class DataPoint(Model):
    """`date` is a day, or an hour with its offset. `value` is null where a ratio has nothing to be of, and for what has
    not begun yet."""

    date: str
    value: float | None
    metadata: dict[str, Any] = {}


class MetricSummary(Model):
    """One metric in the period; `average` is that of its points."""

    metric_type: str
    title: str
    unit: Unit
    time_range: TimeRange | None
    available: bool = True
    reason: str | None = None
    data_points: list[DataPoint] = []
    total: float | None = None
    average: float | None = None
    trend: Trend = "stable"


class TopPerformer(Model):
    """A template with what its messages came to. `low` and `high` bound the rate at 95 %."""

    id: str
    name: str
    sent: int
    replied: int
    reply_rate: float
    low: float
    high: float


class AnalyticsSummary(Model):
    user_id: str
    period_start: datetime
    period_end: datetime
    time_zone: str
    step: Step
    metrics: list[MetricSummary]
    top_performers: dict[str, list[TopPerformer]]
    insights: list[str]
    notes: list[str]


class SummaryAnswer(Model):
    summary: AnalyticsSummary


class PerformanceQuery(ChartQuery):
    """`all`: over all users, for operators."""

    scope: Literal["user", "all"] = "user"


class SystemPerformance(Model):
    """How well the system works; `user_id` is null over all users."""

    user_id: str | None
    period_start: datetime
    period_end: datetime
    time_zone: str
    step: Step
    metrics: list[MetricSummary]


class PerformanceAnswer(Model):
    performance: SystemPerformance


class TimeseriesLine(Model):
    """The numbers of one value of a dimension; of the whole, `value` is null."""

    value: str | None
    name: str
    data_points: list[DataPoint]
    total: float | None


class Timeseries(Model):
    metric: MetricView
    time_range: TimeRange | None
    period_start: datetime
    period_end: datetime
    time_zone: str
    step: Step
    by: Dimension | None
    series: list[TimeseriesLine]
    left_off: int  # values of the dimension beyond those shown
    notes: list[str]


class TimeseriesAnswer(Model):
    timeseries: Timeseries


class FunnelStage(Model):
    """How many messages came to a stage; `rate` is of those sent, with its bounds at 95 %."""

    stage: str
    title: str
    count: int | None
    rate: float | None = None
    low: float | None = None
    high: float | None = None
    available: bool = True
    reason: str | None = None
    basis: Literal["cohort", "period"] = "cohort"


class FunnelOf(Model):
    value: str | None
    name: str
    stages: list[FunnelStage]


class Funnel(Model):
    period_start: datetime
    period_end: datetime
    time_zone: str
    by: Dimension | None
    groups: list[FunnelOf]
    left_off: int


class FunnelAnswer(Model):
    funnel: Funnel


class CompareQuery(ChartQuery):
    """`a` and `b`: two days as `2026-01-01..2026-01-31`, or a value of a dimension as `template:ID`."""

    metric: Annotated[Name, Field(examples=["reply_rate"])]
    a: Annotated[Name, Field(examples=["2026-01-01..2026-01-31"])]
    b: Annotated[Name, Field(examples=["kind:follow_up"])]


class ComparedSide(Model):
    """`count` is out of `of` things; of a metric that is no ratio, in `of` days: those that have begun."""

    label: str
    value: float | None
    count: int
    of: int


class Comparison(Model):
    """b beside a. The ratio of two counts is that of their numbers per day. Without a test, `sentence` says why."""

    metric: MetricView
    a: ComparedSide
    b: ComparedSide
    difference: float | None = None
    difference_low: float | None = None
    difference_high: float | None = None
    ratio: float | None = None
    ratio_low: float | None = None
    ratio_high: float | None = None
    p_value: float | None = None
    test: Literal["fisher", "counts"] | None = None
    verdict: Literal["higher", "lower", "no_difference", "too_few"] | None = None
    sentence: str = ""


class CompareAnswer(Model):
    comparison: Comparison


ExportedType = Literal[
    "metrics", "prospects", "outreach", "research_tasks", "playbook_runs", "calendar_events", "templates"
]


class DateRange(Input):
    start: Date
    end: Date


class ExportInput(Input):
    """`metrics`: every metric that is counted from documents, by day (what providers did is in `/api/usage`); else the
    documents that were created in the range, newest first."""

    data_type: ExportedType
    format: Literal["csv", "json", "xlsx"] = "csv"
    date_range: DateRange | TimeRange = "year"


class ExportRows(Model):
    rows: list[dict[str, Any]]
