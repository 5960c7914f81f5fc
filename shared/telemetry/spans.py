"""Records spans with OpenTelemetry.

Which traces are recorded follows from the trace's id alone, so that all functions decide alike, whatever a proxy in
between has made of the caller's flag. Google's endpoint: https://docs.cloud.google.com/stackdriver/docs/reference/telemetry
"""

from typing import Any
from urllib.parse import urlsplit

import requests
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanLimits, TracerProvider
from opentelemetry.sdk.trace.sampling import TraceIdRatioBased
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, TraceFlags, set_span_in_context
from opentelemetry.trace.status import Status, StatusCode

from shared.errors import AppError
from shared.gcp import credentials
from shared.kit.traces import Place
from shared.settings import Settings
from shared.telemetry.outbox import Outbox
from shared.tracing import Attributes, Kind, Span

_KINDS = {
    "server": SpanKind.SERVER,
    "consumer": SpanKind.CONSUMER,
    "client": SpanKind.CLIENT,
    "internal": SpanKind.INTERNAL,
}
_GOOGLE = "telemetry.googleapis.com"
_EXPORT_SECONDS = 10.0  # for one request, its repetitions included


class _Recorded(Span):
    recorded = True

    def __init__(self, span: Any) -> None:
        super().__init__(_place(span))
        self._span = span

    def set(self, attributes: Attributes) -> None:
        self._span.set_attributes({name: value for name, value in attributes.items() if value is not None})

    def end(self, error: BaseException | None = None) -> None:
        if error is not None:
            kind = error.code if isinstance(error, AppError) else type(error).__name__
            self._span.set_attribute("error.type", kind)
            self._span.set_status(Status(StatusCode.ERROR))
        self._span.end()


class SpanRecorder:
    """Records the spans of every n-th trace, and sends them in the background."""

    def __init__(self, config: Settings) -> None:
        self._outbox = Outbox(OTLPSpanExporter(**_exporter(config)))
        resource = {
            "service.name": config.cloud_run_service or "local",
            "service.version": config.cloud_run_revision or "local",
            "gcp.project_id": config.project,
            "cloud.region": config.location,
        }
        provider = TracerProvider(
            sampler=TraceIdRatioBased(config.traces_ratio),
            resource=Resource(resource),
            span_limits=SpanLimits(max_attributes=32, max_events=8, max_links=8),
            shutdown_on_exit=False,  # the outbox sends what is left
        )
        provider.add_span_processor(self._outbox)
        self._tracer = provider.get_tracer("app")

    def begin(self, name: str, kind: Kind, parent: Place | None) -> Span:
        context = Context()
        if parent:
            flags = TraceFlags(TraceFlags.SAMPLED if parent.sampled else TraceFlags.DEFAULT)
            above = SpanContext(int(parent.trace, 16), int(parent.span, 16), is_remote=True, trace_flags=flags)
            context = set_span_in_context(NonRecordingSpan(above), context)
        span = self._tracer.start_span(name, context=context, kind=_KINDS[kind])
        if span.is_recording():
            return _Recorded(span)
        return Span(parent or _place(span))

    def flush(self) -> None:
        self._outbox.flush()


def _place(span: Any) -> Place:
    own = span.get_span_context()
    return Place(f"{own.trace_id:032x}", f"{own.span_id:016x}", bool(own.trace_flags & TraceFlags.SAMPLED))


def _exporter(config: Settings) -> dict[str, Any]:
    """The exporter's address and headers; for Google's own endpoint with the service account's token."""
    session = requests.Session()
    session.trust_env = False
    if urlsplit(config.traces_url or "").hostname == _GOOGLE:
        session.auth = _signed
    pairs = [pair.partition("=") for pair in (config.traces_headers or "").split(",") if "=" in pair]
    headers = {name.strip(): value.strip() for name, _, value in pairs}
    return {"endpoint": config.traces_url, "headers": headers, "session": session, "timeout": _EXPORT_SECONDS}


def _signed(request: requests.PreparedRequest) -> requests.PreparedRequest:
    request.headers["Authorization"] = f"Bearer {credentials.access_token()}"
    return request
