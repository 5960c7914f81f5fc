"""Functions that Cloud Scheduler calls: they find work and hand it on."""
