"""Who is as good and free: nearly the same fit, on the same grounds."""

import numpy as np

from matchmaker.market.equals import free_equal
from matchmaker.profiles import Candidates, Need
from matchmaker.ranking import Ranking
from matchmaker.scoring.blend import add_up
from matchmaker.scoring.weighting import Weighting

NAMES = ("capability", "text", "district")
WEIGHTS = {"capability": 5.0, "text": 3.0, "district": 1.0}


def ranking_of(*scores) -> Ranking:
    """Candidates by their scores on capability, text and district."""
    table = np.array(scores, dtype=np.float64)
    blended = add_up(NAMES, Weighting(WEIGHTS), table, np.array([True, True, False]))
    rows = np.arange(len(table), dtype=np.int32)
    return Ranking(Need(day=1), Candidates(rows, rows), blended, len(rows), {}, 0, np.zeros(len(rows)))


def equal_of(*scores, busy=(0,)) -> int | None:
    is_busy = np.isin(np.arange(len(scores)), busy)
    return free_equal(ranking_of(*scores), 0, is_busy)


def test_the_best_of_those_that_fit_nearly_as_well_is_named():
    assert equal_of((0.8, 0.8, 1.0), (0.77, 0.77, 1.0), (0.79, 0.79, 1.0)) == 2


def test_who_fits_more_than_five_points_less_is_no_equal():
    assert equal_of((0.8, 0.8, 1.0), (0.73, 0.73, 1.0)) is None


def test_who_is_as_good_on_other_grounds_is_no_equal():
    assert equal_of((0.8, 0.6, 0.0), (0.68, 0.8, 0.0)) is None


def test_a_ground_that_cannot_be_told_is_not_met():
    assert equal_of((0.8, 0.8, 1.0), (0.9, np.nan, 1.0)) is None


def test_a_busy_one_is_no_way_out():
    assert equal_of((0.8, 0.8, 1.0), (0.8, 0.8, 1.0), busy=(0, 1)) is None


def test_a_small_term_is_no_ground():
    assert equal_of((0.8, 0.8, 1.0), (0.84, 0.84, 0.8)) == 1


def test_nobody_is_their_own_equal():
    assert equal_of((0.8, 0.8, 1.0), busy=()) is None
