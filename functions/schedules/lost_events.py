"""Has the handlers take changes whose document event has never come."""

from shared.automations.operations import lost_events as operation
from shared.runtime.workers import schedule_function

lost_events = schedule_function("lost_events", operation.sweep)
