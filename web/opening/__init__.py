"""Opening up: the scorecard of facilities, open data, requests for graded data, the network of who works with whom."""

from flask import Flask


def register_opening(app: Flask) -> None:
    pass
