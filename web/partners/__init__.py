"""Who could meet a need and why: lists, both directions of fit, comparison, feedback."""

from flask import Flask

from matchmaker.services.exposure import ExposureLog
from web.config import current_instance
from web.partners import comparing, feedback, fits, interests, overview, recommended  # noqa: F401 - views
from web.partners.area import bp
from web.partners.fits import fit_block


def register_partners(app: Flask) -> None:
    with app.app_context():
        app.extensions["matchmaker_exposure"] = ExposureLog(current_instance().engine)
    app.jinja_env.globals["fit_block"] = fit_block
    app.register_blueprint(bp)
