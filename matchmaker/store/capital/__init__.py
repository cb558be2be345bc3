"""Columns of capital from the tables: mandates, and firms that seek money, as one organisation may know them."""

from matchmaker.store.capital.firms import is_open, read_firms, read_own, read_shown
from matchmaker.store.capital.mandates import Terms, columns_of_terms, is_published, read_mandates, read_terms
from matchmaker.store.capital.seeing import SeenBy, read_grantees
from matchmaker.store.capital.waivers import read_waivers
from matchmaker.store.capital.words import read_vocabulary

__all__ = [
    "SeenBy",
    "Terms",
    "columns_of_terms",
    "is_open",
    "is_published",
    "read_firms",
    "read_grantees",
    "read_mandates",
    "read_own",
    "read_shown",
    "read_terms",
    "read_vocabulary",
    "read_waivers",
]
