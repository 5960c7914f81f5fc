"""The edge: transport only. Each module exports one deployable function.

Whatever imports one has first named here who keeps the reports of the runtime.
"""

from shared.domains import reports
from shared.runtime import reporting

reporting.use(reports)
