"""Functions that Cloud Scheduler calls; each finds due work and hands it over."""
