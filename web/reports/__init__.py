"""Match runs and reports: asking for them, following, reading, signing, scheduling."""

from flask import Flask

from web.reports import building, pages, runs  # noqa: F401 - views
from web.reports.area import bp


def register_reports(app: Flask) -> None:
    app.register_blueprint(bp)
