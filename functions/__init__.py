"""The edge: transport only. Each module exports one deployable function.

Whatever imports one has first been checked for its configuration, and named here who keeps the reports of the runtime
and who records its spans.
"""

from shared import settings, telemetry, tracing
from shared.domains import reports
from shared.runtime import reporting

settings.current()
reporting.use(reports)
tracing.use(telemetry.recorder())
