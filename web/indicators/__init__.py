"""Structural indicators: their values, comparisons, and definitions without code."""

from flask import Flask

from web.indicators import building, routes


def register_indicators(app: Flask) -> None:
    app.register_blueprint(routes.bp)
    app.register_blueprint(building.bp)
