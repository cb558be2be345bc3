"""For which components the asking side gives no ground, whoever the candidate is."""

from collections.abc import Mapping

import numpy as np

from matchmaker.network.past import Past, Timeline
from matchmaker.network.similar import has_subject
from matchmaker.profiles import UNKNOWN, Need
from matchmaker.scoring.portfolio import paid_by
from matchmaker.services.capital.table import Table


def silent_of_round(table: Table, need: Need) -> frozenset[str]:
    firms, row = table.capital.firms, need.round
    has_amount = bool(firms.amount[row] > 0)
    has_backers = bool((_past(table, need).lead == need.organisation).any()) if need.organisation is not None else False
    return _unsaid(
        {
            **dict.fromkeys(("ticket", "money_left", "amount"), has_amount),
            "stage_asked": bool(firms.stage[row] != UNKNOWN),
            "invested_field": bool(firms.nodes[[row]].nnz),
            "mandate_place": bool(firms.place[row] != UNKNOWN),
            "patience": not np.isnan(firms.exit_months[row]),
            "track_record": has_subject(need),
            "field_activity": bool(len(need.tags)),
            "deal_walk": has_subject(need) or has_backers,
            **dict.fromkeys(("backers", "followers"), has_backers),
            "place": need.place != UNKNOWN,
        }
    )


def silent_of_mandate(table: Table, need: Need) -> frozenset[str]:
    mandates, row = table.capital.mandates, need.mandate
    has_deals = len(paid_by(_past(table, need), need)) > 0
    return _unsaid(
        {
            "ticket": not np.isnan([mandates.ticket_low[row], mandates.ticket_high[row]]).all(),
            "money_left": not np.isnan(mandates.remaining[row]),
            "stage_asked": bool(mandates.stages[row]),
            "invested_field": bool(mandates.fields[[row]].nnz),
            "mandate_place": bool(mandates.places[[row]].nnz),
            "patience": not np.isnan(mandates.life_left[row]),
            **dict.fromkeys(("fund_deals", "fund_places"), has_deals),
        }
    )


def _past(table: Table, need: Need) -> Past:
    return Timeline.of(table.engine.profiles).known_to(need)


def _unsaid(says: Mapping[str, bool]) -> frozenset[str]:
    return frozenset(name for name, is_said in says.items() if not is_said)
