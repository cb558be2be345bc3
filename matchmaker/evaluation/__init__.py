"""Measures the engine on what really happened: data sets, replay, baselines, metrics."""
