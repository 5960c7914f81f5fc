"""Runs executions while the functions process is killed repeatedly, and checks that none is lost or repeated."""
