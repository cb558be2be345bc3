"""The programme officer's desk: who may act for an organisation, and what came in by tables."""

from flask import Flask

from web.officer import imports, routes


def register_officer(app: Flask) -> None:
    app.register_blueprint(routes.bp)
    app.register_blueprint(imports.bp)
