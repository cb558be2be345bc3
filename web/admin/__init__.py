"""Administration: accounts, the weights of the score, jobs, and the audit log."""

from flask import Flask

from web.admin import jobs, learning, people, retention
from web.admin.routes import bp


def register_admin(app: Flask) -> None:
    app.register_blueprint(bp)
    app.register_blueprint(jobs.bp)
    app.register_blueprint(learning.bp)
    app.register_blueprint(people.bp)
    app.register_blueprint(retention.bp)
