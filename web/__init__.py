"""The pages: `create_app` puts them together, one `register_...` after another."""

from flask import Flask

from matchmaker.instance import Instance
from web.access import register_access
from web.account import register_account
from web.admin import register_admin
from web.capital import register_capital
from web.chain import register_chain
from web.challenges import register_challenges
from web.config import configure
from web.consortia import register_consortia
from web.database import register_database
from web.errors import register_errors
from web.funds import register_funds
from web.headers import register_headers
from web.i18n import register_i18n
from web.indicators import register_indicators
from web.merged import register_merged
from web.officer import register_officer
from web.opening import register_opening
from web.organisations import register_organisations
from web.outcomes import register_outcomes
from web.partners import register_partners
from web.public import register_public
from web.registry import register_registry
from web.rendering import register_rendering
from web.reports import register_reports
from web.scenarios import register_scenarios
from web.search import register_search
from web.security import register_security


def create_app(instance: Instance, *, testing: bool = False) -> Flask:
    """The web application of one instance."""
    app = Flask(__name__, static_url_path="/static")
    configure(app, instance, testing=testing)

    register_headers(app)
    register_database(app, instance)
    register_i18n(app)
    register_security(app)
    register_rendering(app)
    register_errors(app)

    register_public(app)
    register_account(app)
    register_organisations(app)
    register_partners(app)
    register_search(app)
    register_challenges(app)
    register_consortia(app)
    register_capital(app)
    register_funds(app)
    register_registry(app)
    register_chain(app)
    register_indicators(app)
    register_scenarios(app)
    register_reports(app)
    register_outcomes(app)
    register_opening(app)
    register_officer(app)
    register_admin(app)

    register_access(app)  # after all areas: it looks at every view
    register_merged(app)  # what is not allowed is refused before it is led on
    return app
