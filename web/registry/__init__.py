"""The registry desk: tables on their way in, duplicates, reviews, certifications, freshness, grades."""

from flask import Flask

from web.registry import certifications, desk, duplicates, freshness, grades, profiles, reviews  # noqa: F401 - views
from web.registry.area import bp


def register_registry(app: Flask) -> None:
    app.register_blueprint(bp)
    app.register_blueprint(duplicates.bp)
