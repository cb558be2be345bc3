"""What an organisation says of itself: joining, the profile, offers and needs, and the page that others see."""

from flask import Flask

from web.organisations import drafts, home, joining, keeping, pages, parts, postings, profile, publishing  # noqa: F401 - views
from web.organisations.area import bp


def register_organisations(app: Flask) -> None:
    app.register_blueprint(bp)
