"""The generator that asks the configured language model and checks each of its answers."""
