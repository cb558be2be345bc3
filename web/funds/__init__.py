"""The fund manager's side: mandates, radar, deal desk, portfolio."""

from flask import Flask

from web.funds import clearance, deals, desk, desk_settings, dossiers, mandate_steps, mandates  # noqa: F401 - views
from web.funds.area import bp


def register_funds(app: Flask) -> None:
    app.register_blueprint(bp)
