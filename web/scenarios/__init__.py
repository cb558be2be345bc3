"""What-if: interventions, what they change, and which comes first."""

from flask import Flask


def register_scenarios(app: Flask) -> None:
    pass
