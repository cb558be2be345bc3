"""Consortia: what the composer proposes, and the room in which a team comes together and signs."""

from flask import Flask

from web.consortia import composition, mending, records, relay, room, seats, sections  # noqa: F401 - views
from web.consortia.area import bp


def register_consortia(app: Flask) -> None:
    app.register_blueprint(bp)
    app.register_blueprint(composition.bp)
    app.register_blueprint(relay.bp)
