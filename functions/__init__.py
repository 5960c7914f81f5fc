"""The edge: transport only. Each module exports one deployable function.

Whatever imports one has first been checked for its configuration, and named here who keeps the reports of the runtime,
who records its spans, and who knows which accounts are closed. The server, started after it, ends in time.
"""

from shared import settings, telemetry, tracing
from shared.domains import reports
from shared.domains.account import deletion
from shared.runtime import accounts, reporting, serving

settings.current()
reporting.use(reports)
tracing.use(telemetry.recorder())
accounts.use(deletion.is_closed)
serving.end_in_time()
