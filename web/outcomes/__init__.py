"""What came of matches: the funnel, outcomes as their parties say, and the ledger of exposure."""

from flask import Flask


def register_outcomes(app: Flask) -> None:
    pass
