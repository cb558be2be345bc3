"""Opening up: the scorecard of facilities, and the region's open data."""

from flask import Flask

from web.opening import data, scorecard


def register_opening(app: Flask) -> None:
    app.register_blueprint(scorecard.bp)
    app.register_blueprint(data.bp)
    app.register_blueprint(data.desk)
