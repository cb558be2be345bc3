"""Tables to import, and the little reference data that their rows refer to."""

import csv
import io
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from sqlmodel import Session

from matchmaker.services.actors import PLATFORM
from matchmaker.services.imports.applying import apply_all
from matchmaker.services.imports.plans import Preview
from matchmaker.services.imports.previews import preview
from matchmaker.services.imports.reading import Row, Table
from models.enums import ChainPosition, ClusterTier
from models.jobs import ImportBatch
from models.taxonomy import Capability, CertificationScheme, Chain, ChainNode, Cluster, District

USCC = "91500000MA5U4T9X1U"
OTHER_USCC = "91500000MA5U4T9X2Y"


def add_reference(session: Session) -> None:
    """One district, one chain with two nodes, three capabilities, one certificate."""
    named = {"source": "test"}
    session.add_all(
        [
            District(code="500112", name_zh="渝北区", name_en="Yubei", **named),
            Cluster(code="nev", name_zh="汽车", name_en="Vehicles", tier=ClusterTier.TRILLION, **named),
            CertificationScheme(
                code="high-tech", name_zh="高新技术企业", name_en="High-tech firm", ladder="firm", rank=3, **named
            ),
        ]
    )
    session.flush()
    session.add(Chain(code="nev", name_zh="汽车链", name_en="Vehicle chain", cluster_code="nev", **named))
    session.flush()
    for code, zh, en in (("cockpit", "智能座舱", "Smart cockpit"), ("battery", "动力电池", "Battery")):
        position = ChainPosition.MIDSTREAM
        session.add(ChainNode(code=code, name_zh=zh, name_en=en, chain_code="nev", position=position, **named))
    session.flush()
    session.add_all(
        [
            Capability(
                code="hud",
                name_zh="抬头显示光学",
                name_en="HUD optics",
                synonyms_zh="HUD|平视显示",
                node_code="cockpit",
                **named,
            ),
            Capability(
                code="voice",
                name_zh="车载语音、交互",
                name_en="Voice interaction",
                synonyms_zh="语音",
                node_code="cockpit",
                **named,
            ),
            Capability(
                code="voice-chip",
                name_zh="语音芯片",
                name_en="Voice chip",
                synonyms_zh="语音",
                node_code="cockpit",
                **named,
            ),
        ]
    )
    session.flush()


def make_table(headers: str, *rows: Sequence[str]) -> Table:
    """`headers` joined by |; each row a list of cells."""
    names = tuple(headers.split("|"))
    numbered = tuple(Row(number, tuple(cells)) for number, cells in enumerate(rows, start=2))
    return Table("test.csv", sha256(repr((names, rows)).encode()).hexdigest(), names, numbered)


def import_rows(session: Session, kind: str, headers: str, *rows: Sequence[str]) -> ImportBatch:
    return apply_all(session, PLATFORM, plan_rows(session, kind, headers, *rows))


def plan_rows(session: Session, kind: str, headers: str, *rows: Sequence[str]) -> Preview:
    return preview(session, PLATFORM, make_table(headers, *rows), kind)


def as_csv(rows: Sequence[Sequence[Any]], *, delimiter: str = ",") -> str:
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter).writerows(rows)
    return stream.getvalue()
