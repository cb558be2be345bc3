"""Scoring: one file a component, and the blend that adds them up."""
