"""The blueprint that all views of this area hang on."""

from flask import Blueprint

bp = Blueprint("scenarios", __name__, url_prefix="/officer/what-if")
