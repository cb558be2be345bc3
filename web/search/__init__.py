"""One search over organisations, offers, needs and facilities, narrowed by facets."""

from flask import Flask

from web.search.routes import bp


def register_search(app: Flask) -> None:
    app.register_blueprint(bp)
