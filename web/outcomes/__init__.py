"""What came of matches: the funnel, outcomes as their parties say, the ledger of exposure; data requests; network."""

from flask import Flask

# Importing the ledger and the rates adds their pages to the funnel's blueprint.
from web.outcomes import funnel, ledger, matches, network, rates, requests

__all__ = ["ledger", "rates", "register_outcomes"]


def register_outcomes(app: Flask) -> None:
    for blueprint in (matches.bp, funnel.bp, requests.bp, network.bp):
        app.register_blueprint(blueprint)
