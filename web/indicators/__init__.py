"""Structural indicators: their values, comparisons, and definitions without code."""

from flask import Flask


def register_indicators(app: Flask) -> None:
    pass
