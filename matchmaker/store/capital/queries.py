"""From a round, or from a mandate, to the query that the engine answers; in the columns of one reader."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from uuid import UUID

import numpy as np

from matchmaker.funding.columns import STAGES
from matchmaker.profiles import PROJECT_KINDS, UNKNOWN, Ints, Need, Profiles
from matchmaker.scoring.capital import Capital
from matchmaker.store.needs import asker, row_of, rows_of_codes
from matchmaker.text.history import weigh_like
from models.enums import ProjectKind

INVESTMENT = PROJECT_KINDS.index(ProjectKind.INVESTMENT)


def query_of_round(profiles: Profiles, capital: Capital, row: int, *, use: str, today: date) -> Need:
    """Funds for the firm in `row`: what it does, at which stage, with how much. `use` is what it says of the money."""
    firms = capital.firms
    organisation = row_of(profiles, UUID(firms.ids[row].decode()))
    stage = int(firms.stage[row])
    stages = rows_of_codes(profiles, "stages", [] if stage == UNKNOWN else [STAGES[stage].value])
    own = np.empty(0, np.int32)
    if organisation is not None:
        own = profiles.organisations.tags[[organisation]].indices.astype(np.int32)
    return replace(
        asker(profiles, organisation, today=today),
        project_kind=INVESTMENT,
        tags=np.union1d(_tags(profiles, capital, firms.nodes[[row]].indices), own).astype(np.int32),
        words=weigh_like(use, profiles.history.words, profiles.vocabulary["words"]) if use.strip() else None,
        stage=int(stages[0]) if len(stages) else UNKNOWN,
        amount=float(firms.amount[row]),
        round=row,
    )


def query_of_mandate(profiles: Profiles, capital: Capital, row: int, *, today: date) -> Need:
    """Firms for the mandate in `row`, as its fund asks."""
    mandates = capital.mandates
    return replace(
        asker(profiles, row_of(profiles, UUID(mandates.fund_ids[row].decode())), today=today),
        project_kind=INVESTMENT,
        tags=_tags(profiles, capital, mandates.fields[[row]].indices),
        mandate=row,
    )


def rows_of_organisations(profiles: Profiles, keys: Iterable[bytes]) -> Ints:
    """The row of each organisation; UNKNOWN for one that is in no column, or has closed."""
    row_of_key = dict(zip(profiles.organisations.ids.tolist(), range(len(profiles.organisations)), strict=True))
    rows = np.array([row_of_key.get(key, UNKNOWN) for key in keys], np.int32)
    is_active = profiles.organisations.is_active[rows] if len(rows) else np.empty(0, bool)
    return np.where((rows != UNKNOWN) & is_active, rows, UNKNOWN).astype(np.int32)


def _tags(profiles: Profiles, capital: Capital, nodes: Iterable[int]) -> Ints:
    return rows_of_codes(profiles, "tags", [f"node:{capital.nodes[node]}" for node in nodes])
