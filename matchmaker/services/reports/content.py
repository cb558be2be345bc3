"""The frozen content of a report: facts only, as JSON holds them; every file of the report is made from it alone.

No sentence in a language, no clock, no key of the report, its run or its job: two reports of the same inputs have the
same content and the same bytes. Days are ISO texts, money is CNY, shares lie in [0, 1], unknown is null, `null` for a
section that was not asked for. Keys:

    format       2; raised when this shape changes
    kind         ReportKind                   scope      {kind, code, name_zh, name_en, organisations: int}
    period       {from, to}                   as_of      day
    sections     [ReportSection], in the order of the document
    anonymous    bool: organisations are numbers then (name_zh "机构 007", name_en "Organisation 007"), titles of
                 needs likewise, keys are counted through, and `names` holds no title of anybody's
    depth        places of each list
    versions     {code, index, preset, weights: {component: weight}, rules: [{code, name_zh, name_en, state, source,
                 sha256}], indicators: [{code, source, source_zh, sha256}]}
    inputs       {part: sha256} of what each part was worked out from; part as the keys below and "run"
    summary      {needs, needs_with_candidates, needs_without: [need ids], candidates, organisations (different ones),
                 mean_points (of first places), mean_coverage, nodes: {state: n} | null, gaps: [{code, name_zh, name_en,
                 state, demand}] (most asked first, 5 at most), indicators: {met, missed, unknown} | null,
                 changes: {new, lost, moved, nodes, indicators} | null, confirmed: int | null (outcomes of the period)}
    matches      services.runs.told.tell_run: {run: {preset, preset_name_zh, preset_name_en, weights, constraints,
                 as_of, index, code, inputs_sha256}, shown: int, of: int (the lists of the needs posted last are shown,
                 `summary` counts all), needs: [{need_id, title_zh, title_en, valid_until, organisation:
                 {id, name_zh, name_en}, found (with a fit), hidden: {reason: n}, candidates: [candidate]}],
                 names: {table: {key: {...}}}}
    candidate    {position, organisation_id, name_zh, name_en, kind, district_code, offer_id, is_facility, subject_zh,
                 subject_en (its offer), points, coverage (share), lowered (points that crowding takes from the place),
                 is_moved (by a floor), price, terms: [{component, points, most, score, evidence: {code, facts}}] (sum
                 to points, largest first), unknown: [components]}
    names        inside matches, what evidence speaks of, all by key as text; tables are organisations {name_zh,
                 name_en, kind, district_code, open: [fields]}, offers {title_zh, title_en}, needs (same), facilities
                 {name_zh, name_en}, capabilities / nodes / districts {name_zh, name_en}, areas {area_zh, area_en},
                 projects {title_zh, title_en, started_on}: what `services.evidence.Named` holds, so that web.sentences
                 can be asked with stand-ins made of them
    appendix     true where it was asked for: it lists the terms of `matches`, nothing of its own
    gaps         services.chain.told.tell_chain | null
    indicators   services.indicators.told.tell_indicators | null
    funnel       services.funnel.told.tell_funnel | null
    exposure     services.funnel.ledger.tell_exposure | null
    changes      null, or {previous: {from, to, as_of, content_sha256} | null (there is none yet),
                 new: [place], lost: [place], moved: [place + before], where place = {need: {id, title_zh, title_en},
                 organisation: {id, name_zh, name_en}, position}; needs_new: [need], needs_gone: [need];
                 nodes: [{code, name_zh, name_en, before, after}]; indicators: [{code, name_zh, name_en, unit, better,
                 before, after}] (of the same formula); formulas: [{code, name_zh, name_en}] (indicators whose
                 formula is not that of the report before); totals: {new, lost, moved, needs_new, needs_gone, nodes,
                 indicators, formulas}}; the lists are cut at MOST_CHANGES, the totals are not
    method       null, or {components: [{component, weight, share}], prices_on: day | null, floors: {newcomer_share,
                 small_share, depth} | null, constraints, districts: [{code, name_zh, name_en}] (of the constraints),
                 preset: {preset, preset_name_zh, preset_name_en}}

`sha256_of(content)` (services.hashing) is the checksum that each file carries and that an officer signs.
A renderer is `render(content, language)(document_format) -> bytes`: language "zh" or "en"; what is
put in words once is written in as many formats as are asked for.
"""

from collections.abc import Callable, Mapping
from typing import Any

from models.enums import DocumentFormat, ScopeKind

FORMAT = 2
MOST_CHANGES = 200
# Scopes whose code is a key that says nothing to people.
OWN_KEYS = (ScopeKind.CALL, ScopeKind.ORGANISATION)

NUMBER_DIGITS = 8
Content = Mapping[str, Any]
Writer = Callable[[DocumentFormat], bytes]
Renderer = Callable[[Content, str], Writer]


def number_of(content: Content, checksum: str) -> str:
    """What people cite a report by, as monthly-nev-20261130-1a2b3c4d.

    Made of the content alone, so that the same facts have the same number and the same bytes, whoever asks for them;
    the last part is the beginning of the checksum, by which the archive finds the report.
    """
    scope = content["scope"]
    about = scope["kind"] if scope["kind"] in OWN_KEYS else scope["code"] or scope["kind"]
    return "-".join((content["kind"], about, content["as_of"].replace("-", ""), checksum[:NUMBER_DIGITS]))
