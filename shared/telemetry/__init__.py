"""Sends recorded spans to the OTLP endpoint that the settings name; without one, nothing of OpenTelemetry is loaded."""

from shared import settings
from shared.tracing import Recorder


def recorder() -> Recorder | None:
    """The recorder that the settings in force ask for; None where traces are off."""
    if not settings.current().traces_url:
        return None
    from shared.telemetry.spans import SpanRecorder

    return SpanRecorder(settings.current())
