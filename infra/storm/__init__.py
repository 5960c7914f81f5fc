"""A storm over the realtime function: clients cut off, instances killed, listeners silent; no message may be lost."""
