"""The blueprint of the registry desk, and who may work at it."""

from flask import Blueprint

from matchmaker.services.actors import Permission
from web.access import permitted

bp = Blueprint("registry", __name__, url_prefix="/officer/registry")

curators_only = permitted(Permission.REGISTRY_CURATE)
reviewers_only = permitted(Permission.POSTING_REVIEW)
