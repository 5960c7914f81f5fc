"""Functions that Pub/Sub and Cloud Tasks call: they run executions."""
