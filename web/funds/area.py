"""The blueprint that all views of this area hang on."""

from flask import Blueprint

bp = Blueprint("funds", __name__)
