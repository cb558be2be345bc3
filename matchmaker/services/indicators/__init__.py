"""Structural indicators: definitions as rows, figures worked out from the registry, their series."""
