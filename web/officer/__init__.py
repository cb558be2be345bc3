"""The programme officer's desk: who may act for an organisation, what came in by tables, and whom lists show."""

from flask import Flask

from web.officer import conflicts, declines, exposure, import_steps, imports, pairings, routes, rule_sets, rule_trial  # noqa: F401 - views of imports


def register_officer(app: Flask) -> None:
    app.register_blueprint(routes.bp)
    app.register_blueprint(imports.bp)
    app.register_blueprint(exposure.bp)
    app.register_blueprint(declines.bp)
    app.register_blueprint(rule_sets.bp)
    app.register_blueprint(conflicts.bp)
    app.register_blueprint(rule_trial.bp)
    app.register_blueprint(pairings.bp)
