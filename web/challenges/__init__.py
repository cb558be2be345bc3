"""Challenges and scenes: finding them, writing them in steps, clearing them, answering and judging the answers."""

from flask import Flask

from web.challenges import access, answering, answers, editing, own_rules, pages, screening, steering  # noqa: F401 - views
from web.challenges.area import bp


def register_challenges(app: Flask) -> None:
    app.register_blueprint(bp)
