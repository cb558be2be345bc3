"""What-if: interventions, what they change, and which comes first."""

from flask import Flask

from web.scenarios import building, first, results  # noqa: F401 - views
from web.scenarios.area import bp


def register_scenarios(app: Flask) -> None:
    app.register_blueprint(bp)
