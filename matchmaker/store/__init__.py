"""From tables to the columns that the engine reads, and from a posted need to a query.

Only what every signed-in person may see becomes a column: a field whose grade is not open is unknown to the engine,
and so are postings that are not published.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

import numpy as np
from scipy.sparse import csr_array, diags_array
from sqlmodel import Session, select

from matchmaker.columns import stacked, take, widened
from matchmaker.profiles import UNKNOWN, History, Profiles, Taxonomy
from matchmaker.store.history import read_history
from matchmaker.store.offers import read_offers
from matchmaker.store.organisations import read_organisations
from matchmaker.store.posted import read_posted_needs
from matchmaker.store.reading import Visibility, Vocabulary, key_of
from matchmaker.store.refusals import read_refusals
from matchmaker.taxonomy import build
from matchmaker.text.embed import Encoder
from models import taxonomy


def read_profiles(session: Session, encoder: Encoder, *, today: date) -> Profiles:
    """Every column, from every table. Encoding new texts is what takes time; the encoder remembers them."""
    vocabulary = Vocabulary()
    distances = read_taxonomy(session, vocabulary)
    firms = read_organisations(session, vocabulary)
    rows = {key: row for row, key in enumerate(firms.ids)}
    return Profiles(
        organisations=firms,
        offers=read_offers(session, vocabulary, encoder, rows),
        history=read_history(session, vocabulary, rows),
        taxonomy=distances,
        vocabulary=vocabulary.codes,
        as_of=today.toordinal(),
        needs=read_posted_needs(session, vocabulary, encoder, rows),
        refusals=read_refusals(session, vocabulary, rows, today=today),
    )


def read_changes(
    session: Session, encoder: Encoder, base: Profiles, changed: Sequence[UUID], *, today: date
) -> Profiles:
    """`base` with the present state of the `changed` organisations; rows that were there keep their number."""
    vocabulary = Vocabulary(base.vocabulary)
    fresh = read_organisations(session, vocabulary, only=changed)
    before = {key: row for row, key in enumerate(base.organisations.ids)}
    new_keys = [key for key in fresh.ids if key not in before]
    place = before | {key: len(before) + number for number, key in enumerate(new_keys)}
    order = np.arange(len(place))
    order[[place[key] for key in fresh.ids]] = len(before) + np.arange(len(fresh))
    known = {key for key in map(key_of, changed) if key in before}
    gone = [before[key] for key in known]
    here = {key: place[key] for key in fresh.ids}
    firms = take(stacked(base.organisations, fresh), order)
    visible = Visibility(session)
    is_active = firms.is_active.copy()
    is_active[[before[key] for key in known.difference(fresh.ids)]] = False
    return Profiles(
        organisations=replace(firms, is_active=is_active),
        offers=stacked(
            take(base.offers, np.flatnonzero(~np.isin(base.offers.owner, gone))),
            read_offers(session, vocabulary, encoder, here, only=changed),
        ),
        history=_without(
            _wider(base.history, organisations=len(order), vocabulary=vocabulary),
            [before[key_of(one)] for one in changed if key_of(one) in before and not visible(one, "projects")],
        ),
        taxonomy=base.taxonomy,
        vocabulary=vocabulary.codes,
        as_of=today.toordinal(),
        needs=stacked(
            take(base.needs, np.flatnonzero(~np.isin(base.needs.owner, gone))),
            read_posted_needs(session, vocabulary, encoder, here, only=changed),
        ),
        refusals=stacked(
            take(base.refusals, np.flatnonzero(~np.isin(base.refusals.owner, gone))),
            read_refusals(session, vocabulary, here, today=today, only=changed),
        ),
    )


def _wider(history: History, *, organisations: int, vocabulary: Vocabulary) -> History:
    return replace(
        history,
        members=widened(history.members, organisations),
        tags=widened(history.tags, vocabulary.size("tags")),
    )


def _without(history: History, closed: Sequence[int]) -> History:
    """The history without the part of organisations that have closed their record since the index was built."""
    if not closed:
        return history
    is_open = np.ones(history.members.shape[1], dtype=history.members.dtype)
    is_open[list(closed)] = 0
    members = csr_array(history.members @ diags_array(is_open))
    members.eliminate_zeros()
    return replace(history, members=members, lead=np.where(np.isin(history.lead, closed), UNKNOWN, history.lead))


def read_taxonomy(session: Session, vocabulary: Vocabulary) -> Taxonomy:
    nodes = session.exec(
        select(taxonomy.ChainNode.code, taxonomy.ChainNode.parent_code).order_by(taxonomy.ChainNode.code)
    ).all()
    capabilities = session.exec(
        select(taxonomy.Capability.code, taxonomy.Capability.node_code).order_by(taxonomy.Capability.code)
    ).all()
    links = session.exec(select(taxonomy.ChainLink.upstream_code, taxonomy.ChainLink.downstream_code)).all()
    for code, _ in nodes:
        vocabulary.row("nodes", code)
    for code, _ in capabilities:
        vocabulary.row("capabilities", code)
    for name in ("nodes", "capabilities", "places", "areas", "tags", "stages", "words", "refused"):
        vocabulary.codes.setdefault(name, [])
    return build(capabilities=capabilities, nodes=nodes, links=links)
