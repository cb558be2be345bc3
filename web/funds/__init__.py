"""The fund manager's side: mandates, radar, deal desk, portfolio."""

from flask import Flask

from web.funds import (  # noqa: F401 - views
    clearance,
    comparing,
    deals,
    desk,
    desk_settings,
    directory,
    dossiers,
    firms,
    mandate_steps,
    mandates,
    memo,
    portfolio,
    radar,
)
from web.funds.area import bp


def register_funds(app: Flask) -> None:
    app.register_blueprint(bp)
