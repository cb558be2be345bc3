"""Names, days and keys of the made-up report content."""

from datetime import date
from typing import Any
from uuid import UUID

Told = dict[str, Any]
DAY = date(2026, 10, 31)
PLACES = ("渝北", "璧山", "永川", "江津", "北碚", "涪陵")
PLACES_EN = ("Yubei", "Bishan", "Yongchuan", "Jiangjin", "Beibei", "Fuling")
FIELDS = ("智能座舱", "车规芯片", "线控底盘", "毫米波雷达", "电池管理", "轻量化压铸", "车载操作系统", "功率半导体")
FIELDS_EN = (
    *("Smart Cockpit", "Automotive Chip", "Chassis-by-wire", "Millimetre-wave Radar"),
    *("Battery Management", "Lightweight Die-casting", "Vehicle Operating System", "Power Semiconductor"),
)
NEEDS = (
    ("座舱域控制器软硬件一体化样件", "Cockpit domain controller samples, hardware and software"),
    ("车规级功率模块封装与可靠性验证", "Packaging and reliability tests of automotive power modules"),
    ("线控制动冗余方案联合开发", "Joint development of a redundant brake-by-wire"),
    ("4D 毫米波雷达信号处理算法", "Signal processing for 4D millimetre-wave radar"),
    ("铝合金一体化压铸模具寿命提升", "Longer life of moulds for one-piece aluminium die-casting"),
)
STATES = ("covered", "single_source", "outside_only", "missing")


def key(kind: int, number: int) -> str:
    return str(UUID(int=(kind << 64) + number))


def firm(number: int) -> Told:
    """The organisation with this number: `id` and both names."""
    place, field = number % len(PLACES), number // len(PLACES) % len(FIELDS)
    return {
        "id": key(1, number),
        "name_zh": f"重庆{PLACES[place]}{FIELDS[field]}科技有限公司（{number}号）",
        "name_en": f"Chongqing {PLACES_EN[place]} {FIELDS_EN[field]} Technology Co., Ltd. ({number})",
    }
