"""Figures as ratios within one run: absolute times of a small, shared machine say little."""
