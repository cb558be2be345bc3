"""The programme officer's desk: who may act for an organisation."""

from flask import Flask

from web.officer.routes import bp


def register_officer(app: Flask) -> None:
    app.register_blueprint(bp)
