"""The engine: takes an execution from commit to commit until it ends, waits or its time is up."""
