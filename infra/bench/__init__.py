"""Benchmarks, as ratios within one run: absolute times on a small, shared machine mean little."""
