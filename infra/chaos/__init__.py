"""Executions while the functions die again and again: nothing is lost, nothing is done twice."""
