"""Scores and their statistics, computed from traces alone."""
