"""What `matchmaker stack` prints, in Chinese and English."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Plain = Mapping[str, Any]

ZH: Mapping[str, str] = {
    "closed": "每个月的资金都有着落：{funds} 只基金共出资 {paid} 万元",
    "gap": "资金断层 {gap} 万元：{months}；{funds} 只基金共出资 {paid} 万元",
    "gap_months": "第 {first} 至 {last} 月缺 {amount} 万元",
    "proved": "已证明：没有更好的方案（{seconds} 秒）",
    "open": "未在时限内证明最优",
    "dilution": "出让股权合计 {share}",
    "dilution_unknown": "估值未填，股权比例无法计算",
    "tickets": "出资安排：",
    "ticket": "  第 {month} 月  {name}  {amount} 万元{stake}",
    "stake": "，持股 {share}",
    "relay": "接力：",
    "stays": "  {name}：第 {first} 月进入，可持有至退出",
    "leaves": "  {name}：第 {first} 月进入，第 {until} 月前须退出，可由 {takers} 接手",
    "alone": "  {name}：第 {first} 月进入，第 {until} 月前须退出，尚无人接手",
    "unknown": "  {name}：第 {first} 月进入，存续期未公布",
    "others": "其他方案：",
    "other": "  方案 {number}：{funds} 只基金，缺 {gap} 万元；加入 {enters}；退出 {leaves}",
    "repairs": "最小补救：",
    "closes": "可全部补上",
    "leaves_open": "仍缺 {gap} 万元",
    "added": "增加一只{name}（存续期 {years} 年），出资 {amount} 万元",
    "limit": "把“{limit}”从 {before} 调到 {after}",
    "record": "记录：问题 {sha}",
    "comma": "、",
    "limit_stake": "出让股权合计上限",
    "limit_funds": "基金数量上限",
    "limit_patience": "能持有至退出的资金占比下限",
    "limit_least": "{capital}占比下限",
    "limit_most": "{capital}占比上限",
    "limit_lead": "每期要有领投",
    "government_guided": "政府引导资金",
    "state_firm": "国企资金",
    "social": "社会资金",
    "gone": "已不在库中的基金",
}

EN: Mapping[str, str] = {
    "closed": "Every month is paid: {funds} funds pay CNY {paid} together",
    "gap": "A gap of CNY {gap}: {months}; {funds} funds pay CNY {paid} together",
    "gap_months": "CNY {amount} missing in months {first} to {last}",
    "proved": "proved: no plan is better ({seconds} s)",
    "open": "not proved in the time given",
    "dilution": "all funds together hold {share}",
    "dilution_unknown": "without a valuation no stake can be told",
    "tickets": "Who pays when:",
    "ticket": "  month {month}  {name}  CNY {amount}{stake}",
    "stake": ", holds {share}",
    "relay": "The relay:",
    "stays": "  {name}: in from month {first}, can stay to the exit",
    "leaves": "  {name}: in from month {first}, has to be out by month {until}; {takers} can take over",
    "alone": "  {name}: in from month {first}, has to be out by month {until}; nobody to take over yet",
    "unknown": "  {name}: in from month {first}, its life is not published",
    "others": "Other plans:",
    "other": "  plan {number}: {funds} funds, CNY {gap} missing; in: {enters}; out: {leaves}",
    "repairs": "The smallest repairs:",
    "closes": "closes it",
    "leaves_open": "CNY {gap} stay open",
    "added": "one more {name} (a life of {years} years) that pays CNY {amount}",
    "limit": "{limit}: from {before} to {after}",
    "record": "record: question {sha}",
    "comma": ", ",
    "limit_stake": "most that all funds may hold",
    "limit_funds": "most funds",
    "limit_patience": "least share of money that can stay to the exit",
    "limit_least": "least share of {capital}",
    "limit_most": "most share of {capital}",
    "limit_lead": "a lead in each phase",
    "government_guided": "government-guided money",
    "state_firm": "state-firm money",
    "social": "private money",
    "gone": "a fund that is no longer there",
}


def words_in(language: str) -> "Words":
    return Words(language, ZH if language == "zh" else EN)


@dataclass(frozen=True)
class Words:
    """The answer in one language; Chinese amounts in ten thousands (万元), as Chinese tables have them."""

    language: str
    of: Mapping[str, str]

    def say(self, key: str, **facts: object) -> str:
        return self.of[key].format(**facts)

    def printed(self, answer: Plain, names: Mapping[str, str]) -> list[str]:
        """`names` of mandates by key."""
        return list(self._lines(answer, names))

    def _lines(self, answer: Plain, names: Mapping[str, str]) -> Iterator[str]:
        plan = answer["plan"]
        yield self._headline(plan)
        yield self.say("proved", seconds=f"{plan['seconds']:.2f}") if plan["is_proved"] else self.of["open"]
        known = plan["dilution"] is not None
        yield self.say("dilution", share=_share(plan["dilution"])) if known else self.of["dilution_unknown"]
        yield from self._tickets(plan, names)
        yield from self._relay(plan, names)
        yield from self._others(answer["alternatives"], names)
        yield from self._repairs(answer["repairs"])
        yield self.say("record", sha=answer["sha256"][:16])

    def _headline(self, plan: Plain) -> str:
        facts = {"funds": len(plan["funds"]), "paid": self._amount(plan["paid"])}
        if not plan["gaps"]:
            return self.say("closed", **facts)
        months = self.of["comma"].join(
            self.say("gap_months", first=one["from"], last=one["to"], amount=self._amount(one["amount"]))
            for one in plan["gaps"]
        )
        return self.say("gap", gap=self._amount(plan["gap"]), months=months, **facts)

    def _tickets(self, plan: Plain, names: Mapping[str, str]) -> Iterator[str]:
        if plan["tickets"]:
            yield self.of["tickets"]
        for one in plan["tickets"]:
            stake = "" if one["stake"] is None else self.say("stake", share=_share(one["stake"]))
            name = names.get(one["key"], self.of["gone"])
            yield self.say("ticket", month=one["month"], name=name, amount=self._amount(one["amount"]), stake=stake)

    def _relay(self, plan: Plain, names: Mapping[str, str]) -> Iterator[str]:
        if plan["funds"]:
            yield self.of["relay"]
        for leg in plan["funds"]:
            facts = {"name": names.get(leg["key"], self.of["gone"]), "first": leg["first"]}
            if leg["stays"]:
                yield self.say("stays", **facts)
            elif leg["until"] is None:
                yield self.say("unknown", **facts)
            else:
                takers = self._listed(leg["takers"], names)
                key = "leaves" if leg["takers"] else "alone"
                yield self.say(key, **facts, until=int(leg["until"]), takers=takers)

    def _others(self, others: list[Plain], names: Mapping[str, str]) -> Iterator[str]:
        if others:
            yield self.of["others"]
        for number, plan in enumerate(others, start=1):
            yield self.say(
                "other",
                number=number,
                funds=len(plan["funds"]),
                gap=self._amount(plan["gap"]),
                enters=self._listed(plan["enters"], names),
                leaves=self._listed(plan["leaves"], names),
            )

    def _repairs(self, repairs: list[Plain]) -> Iterator[str]:
        if repairs:
            yield self.of["repairs"]
        for one in repairs:
            changes = [self._added(added) for added in one["added"]]
            if one["limit"]:
                changes.append(self._limit(one["limit"]))
            left = self.of["closes"] if one["closes"] else self.say("leaves_open", gap=self._amount(one["gap"]))
            yield f"  - {self.of['comma'].join(changes)}: {left}"

    def _added(self, added: Plain) -> str:
        name, years = added[f"name_{self.language}"], added["life_months"] // 12
        return self.say("added", name=name, years=years, amount=self._amount(added["amount"]))

    def _limit(self, limit: Plain) -> str:
        capital = self.of.get(limit["capital_type"] or "", "")
        count = limit["kind"] in ("funds", "lead")
        before, after = ((f"{limit[name]:g}" if count else _share(limit[name])) for name in ("value", "after"))
        return self.say("limit", limit=self.say(f"limit_{limit['kind']}", capital=capital), before=before, after=after)

    def _listed(self, keys: list[str], names: Mapping[str, str]) -> str:
        return self.of["comma"].join(names.get(key, self.of["gone"]) for key in keys) or "-"

    def _amount(self, value: float) -> str:
        return f"{value / (10_000 if self.language == 'zh' else 1):,.0f}"


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"
