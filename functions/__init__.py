"""The edge: transport only. Each module exports one deployable function."""
