"""The edge: transport only. Each module exports one deployable function.

Whatever imports one has first been checked for its configuration, and named here who keeps the reports of the runtime.
"""

from shared import settings
from shared.domains import reports
from shared.runtime import reporting

settings.current()
reporting.use(reports)
