"""All operations, a file and a line each."""

from collections.abc import Mapping
from typing import Any

from shared.batch.operations import (
    analyze_prospects,
    backtest,
    create_research_tasks,
    delete,
    generate_outreach,
    generate_templates,
    update_automations,
    update_prospects,
)
from shared.batch.operations.base import Operation

OPERATIONS: Mapping[str, Operation[Any]] = {
    operation.name: operation
    for operation in (
        analyze_prospects.OPERATION,
        backtest.OPERATION,
        create_research_tasks.OPERATION,
        delete.OPERATION,
        generate_outreach.OPERATION,
        generate_templates.OPERATION,
        update_automations.OPERATION,
        update_prospects.OPERATION,
    )
}
