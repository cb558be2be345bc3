"""What funds have waived, as rows of the columns."""

from uuid import UUID

import numpy as np
from sqlmodel import Session, col, select

from matchmaker.funding.clearance import Waivers
from matchmaker.funding.columns import CLAUSES, Firms, Mandates
from matchmaker.store.reading import key_of
from models.funds import ClauseWaiver


def read_waivers(session: Session, mandates: Mandates, firms: Firms) -> Waivers:
    """Of the mandates and firms of these columns; a firm with several rounds is waived in each."""
    row_of = {key: row for row, key in enumerate(mandates.ids.tolist())}
    rounds_of: dict[bytes, list[int]] = {}
    for row, key in enumerate(firms.ids.tolist()):
        rounds_of.setdefault(key, []).append(row)
    wanted = select(ClauseWaiver.kind, ClauseWaiver.mandate_id, ClauseWaiver.organisation_id)
    if len(mandates) == 1:
        wanted = wanted.where(col(ClauseWaiver.mandate_id) == UUID(mandates.ids[0].decode()))
    found = [
        (CLAUSES.index(kind), row_of[key_of(mandate_id)], firm)
        for kind, mandate_id, organisation_id in session.exec(wanted).all()
        if key_of(mandate_id) in row_of
        for firm in rounds_of.get(key_of(organisation_id), ())
    ]
    clause, mandate, firm = np.array(found, np.int32).reshape(-1, 3).T
    return Waivers(clause, mandate, firm)
