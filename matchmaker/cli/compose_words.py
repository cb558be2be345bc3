"""What `matchmaker compose` prints, in Chinese and English."""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from matchmaker.services.composing.naming import Named, step_level

WIDTH = 26

ZH: Mapping[str, str] = {
    "so_far": "目前最佳 {value}，上界 {bound}，差距不超过 {gap}",
    "so_far_none": "尚未找到团队，上界 {bound}",
    "team": "团队总分 {value}（候选 {candidates} 家，其中 {found} 家有匹配度）",
    "proved": "已证明：在这些规则下没有更好的团队",
    "open": "证明未完成：距最优不超过 {gap}",
    "parts": "总分构成",
    "fit": "匹配度",
    "crowding": "拥挤",
    "effort": "协作成本",
    "capabilities": "能力覆盖",
    "seconds": "双重保障",
    "relay": "成熟度接力",
    "step": "成熟度 {low} → {high} 级",
    "pairs": "合作经历",
    "cost": "计划资金 {cost} 元",
    "cost_unknown": "，另有 {count} 家的资金未定",
    "members": "成员",
    "lead": "牵头",
    "marginal": "边际贡献 {points}",
    "alone": "独家覆盖：{names}",
    "covers": "覆盖：{names}",
    "single_point": "单点风险",
    "substitutes": "可替补：{names}",
    "loss": "{name}（少 {points} 分）",
    "others": "其他方案",
    "other": "方案 {number}：{value} 分，少 {loss} 分{proved}；加入 {enters}；退出 {leaves}",
    "other_proved": "（已证明为同等差异下最优）",
    "clash": "没有团队能满足全部要求。互相冲突的要求：",
    "repairs": "最省的补救办法：",
    "repair": "办法 {number}（之后可得 {value} 分）：",
    "without": "给定时间内没有找到团队，也没有证明不存在",
    "record": "记录：输入 {sha}，索引 {index}，权重方案 {preset}，版本 {code}，随机种子 {seed}",
    "capability": "能力“{name}”须达到 {level} 级",
    "seat": "席位“{name}”（{least} 至 {most} 家）",
    "size": "成员数量上限",
    "budget": "预算",
    "seated": "每个成员都要有席位",
    "held": "指定必须参加的成员",
    "barred": "指定不得参加的成员",
    "rule": "规则（{kind}）：{arguments}；依据：{source}",
    "lower": "把下限从 {before} 降到 {after}",
    "raise": "把上限从 {before} 提高到 {after}",
    "do_without": "不再作为必备",
    "add": "增加 {enters}",
    "swap": "用 {enters} 替换 {leaves}",
    "relieve": "用 {enters} 替换繁忙的 {leaves}",
    "drop": "去掉 {leaves}",
    "gone": "已不在库中的机构",
    "comma": "、",
    "colon": "：",
}

EN: Mapping[str, str] = {
    "so_far": "best so far {value}, bound {bound}, at most {gap} below the best possible",
    "so_far_none": "no team yet, bound {bound}",
    "team": "A team worth {value} points (of {candidates} candidates, {found} organisations have a fit)",
    "proved": "proved: no team under these rules is better",
    "open": "not proved: at most {gap} below the best possible",
    "parts": "What it is worth",
    "fit": "fit",
    "crowding": "crowding",
    "effort": "effort of agreeing",
    "capabilities": "capabilities",
    "seconds": "second covers",
    "relay": "readiness steps",
    "step": "readiness {low} to {high}",
    "pairs": "past joint work",
    "cost": "planned money CNY {cost}",
    "cost_unknown": ", not settled for {count} more",
    "members": "Members",
    "lead": "lead",
    "marginal": "brings {points}",
    "alone": "alone covers: {names}",
    "covers": "covers: {names}",
    "single_point": "single point of failure",
    "substitutes": "substitutes: {names}",
    "loss": "{name} ({points} points less)",
    "others": "Other teams",
    "other": "team {number}: {value} points, {loss} less{proved}; in: {enters}; out: {leaves}",
    "other_proved": " (proved: none as different is better)",
    "clash": "No team can meet everything that is asked. These cannot all hold:",
    "repairs": "The cheapest ways out:",
    "repair": "way {number} (a team of {value} points then):",
    "without": "No team was found in the time given, and it is not proved that there is none.",
    "record": "record: inputs {sha}, index {index}, preset {preset}, version {code}, seed {seed}",
    "capability": "capability {name} at level {level}",
    "seat": "seat {name} ({least} to {most})",
    "size": "number of members",
    "budget": "budget",
    "seated": "every member has a seat",
    "held": "members that have to be in",
    "barred": "members that must not be in",
    "rule": "rule ({kind}): {arguments}; source: {source}",
    "lower": "lower the minimum from {before} to {after}",
    "raise": "raise the maximum from {before} to {after}",
    "do_without": "no longer a must",
    "add": "add {enters}",
    "swap": "{enters} instead of {leaves}",
    "relieve": "{enters} instead of {leaves}, who is busy",
    "drop": "without {leaves}",
    "gone": "an organisation no longer there",
    "comma": ", ",
    "colon": ": ",
}

PARTS = ("fit", "crowding", "effort", "capabilities", "seconds", "relay", "pairs")
Plain = Mapping[str, Any]


def words_in(language: str) -> "Words":
    return Words(language, ZH if language == "zh" else EN)


@dataclass(frozen=True)
class Words:
    """The answer in one language."""

    language: str
    of: Mapping[str, str]

    def say(self, key: str, **facts: object) -> str:
        return self.of[key].format(**facts)

    def so_far(self, value: float | None, bound: float | None) -> str:
        if value is None:
            return self.say("so_far_none", bound=_points(bound))
        return self.say("so_far", value=_points(value), bound=_points(bound), gap=_gap(value, bound))

    def printed(self, answer: Plain, names: Named) -> list[str]:
        return list(self._lines(answer, names))

    def _lines(self, answer: Plain, names: Named) -> Iterator[str]:
        if answer["clash"]:
            yield from self._clash(answer, names)
        elif answer["teams"]:
            yield from self._best(answer, names)
            yield from self._others(answer, names)
        else:
            yield self.say("without")
        record = answer["puzzle"]
        facts = {"index": record["index_version"], "preset": record["preset_code"], "code": record["code_version"]}
        yield self.say("record", sha=record["inputs_sha256"][:16], seed=record["seed"], **facts)

    def _best(self, answer: Plain, names: Named) -> Iterator[str]:
        best, question = answer["teams"][0], answer["question"]
        yield self.say("team", value=_points(best["value"]), **{k: question[k] for k in ("candidates", "found")})
        yield self.say("proved") if answer["is_proved"] else self.say("open", gap=_gap(best["value"], answer["bound"]))
        yield f"{self.of['parts']}{self.of['colon']}" + self.of["comma"].join(
            f"{self.of[part]} {_signed(best['parts'][part])}" for part in PARTS if abs(best["parts"][part]) >= 0.05
        )
        unknown = self.say("cost_unknown", count=best["cost_unknown"]) if best["cost_unknown"] else ""
        yield self.say("cost", cost=f"{best['cost']:,.0f}") + unknown
        yield f"{self.of['members']}{self.of['colon']}"
        for member in best["members"]:
            yield from self._member(member, names)

    def _member(self, member: Plain, names: Named) -> Iterator[str]:
        role = member[f"role_{self.language}"] or member["role_zh"] or member["role_en"]
        seat = self.of["lead"] if member["is_lead"] else role
        marks = [] if member["is_lead"] else [self.say("marginal", points=_signed(member["marginal"]))]
        if member["is_single_point"]:
            marks.append(self.of["single_point"])
        yield f"  {self._name(member['organisation_id'], names)}  {_padded(seat)}  {self.of['comma'].join(marks)}"
        alone = set(member["alone"])
        for key, codes in (
            ("alone", [code for code in _covers(member) if code in alone]),
            ("covers", [code for code in _covers(member) if code not in alone]),
        ):
            if codes:
                yield "      " + self.say(key, names=self._listed(self._capability(code, names) for code in codes))
        if member["substitutes"]:
            listed = (
                self.say("loss", name=self._name(one["organisation_id"], names), points=_points(one["loss"]))
                for one in member["substitutes"][:3]
            )
            yield "      " + self.say("substitutes", names=self._listed(listed))

    def _others(self, answer: Plain, names: Named) -> Iterator[str]:
        best, *others = answer["teams"]
        if others:
            yield f"{self.of['others']}{self.of['colon']}"
        for number, team in enumerate(others, start=1):
            yield "  " + self.say(
                "other",
                number=number,
                value=_points(team["value"]),
                loss=_points(best["value"] - team["value"]),
                proved=self.of["other_proved"] if team["is_proved"] else "",
                enters=self._listed(self._name(key, names) for key in team["enters"]),
                leaves=self._listed(self._name(key, names) for key in team["leaves"]),
            )

    def _clash(self, answer: Plain, names: Named) -> Iterator[str]:
        yield self.say("clash")
        for bound in answer["clash"]:
            yield f"  - {self._bound(bound, answer['question'], names)}"
        if answer["repairs"]:
            yield self.say("repairs")
        for number, repair in enumerate(answer["repairs"], start=1):
            yield "  " + self.say("repair", number=number, value=_points(repair["value"]))
            for change in repair["changes"]:
                yield f"    - {self._change(change, answer['question'], names)}"

    def _bound(self, bound: Plain, question: Plain, names: Named) -> str:
        match bound["what"]:
            case "capability":
                return self.say("capability", name=self._capability(bound["code"], names), level=bound["level"])
            case "seat":
                seat = next(one for one in question["seats"] if one["key"] == bound["seat"])
                role = seat[f"role_{self.language}"] or seat["role_zh"] or seat["role_en"]
                return self.say("seat", name=role, least=seat["least"], most=seat["most"])
            case "rule":
                rule = question["rules"][bound["rule"]]
                arguments = ", ".join(f"{name} {value}" for name, value in rule["arguments"].items())
                return self.say("rule", kind=rule["kind"], arguments=arguments, source=rule["source"])
            case what:
                return self.of.get(what, what)

    def _change(self, change: Plain, question: Plain, names: Named) -> str:
        enters, leaves = (self._name(change[key], names) if change[key] else "" for key in ("enters", "leaves"))
        before, after = _amount(change["before"]), _amount(change["after"])
        what = self.say(change["kind"], before=before, after=after, enters=enters, leaves=leaves)
        about = "" if change["what"] == "member" else self._bound(change, question, names) + self.of["colon"]
        return about + what

    def _name(self, key: str, names: Named) -> str:
        row = names.organisations.get(key)
        if row is None:
            return self.of["gone"]
        first, second = (row.name_zh, row.name_en) if self.language == "zh" else (row.name_en, row.name_zh)
        return first or second

    def _capability(self, code: str, names: Named) -> str:
        if (level := step_level(code)) is not None:
            return self.say("step", low=level, high=level + 1)
        row = names.capabilities.get(code)
        return code if row is None else (row.name_zh if self.language == "zh" else row.name_en)

    def _listed(self, names: Any) -> str:
        return self.of["comma"].join(names) or "-"


def _points(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"


def _signed(value: float) -> str:
    return f"{value:+.1f}"


def _amount(value: float | None) -> str:
    return "-" if value is None else f"{value:,.10g}"


def _gap(value: float, bound: float | None) -> str:
    return "-" if bound is None or bound <= 0 else f"{max(bound - value, 0) / bound:.1%}"


def _padded(text: str) -> str:
    """To the same width on a terminal, where a Chinese character takes two places."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return text + " " * max(0, WIDTH - len(text) - wide)


def _covers(member: Mapping[str, Any]) -> list[str]:
    return [*member["capability_codes"], *member.get("steps", ())]
