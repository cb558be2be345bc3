"""Pages that everybody may open: the start page, about, help, and the living style page."""

from flask import Flask

from web.public.routes import bp


def register_public(app: Flask) -> None:
    app.register_blueprint(bp)
