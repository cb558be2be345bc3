"""The area's blueprint, on which the modules beside this one put their views."""

from flask import Blueprint

bp = Blueprint("consortia", __name__)
