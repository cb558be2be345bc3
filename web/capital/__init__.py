"""Money for a firm: its round, which funds fit, what it hands to them, and who pays when."""

from flask import Flask

from web.capital import dossiers, funds, overview, rounds, stacks  # noqa: F401 - views
from web.capital.area import bp


def register_capital(app: Flask) -> None:
    app.register_blueprint(bp)
