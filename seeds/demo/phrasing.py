"""Texts from templates: the same thing said in Chinese and in English, and never twice in the same words."""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from random import Random

from seeds.demo.chains import HERE, Skill, Words, rows

# Nouns that take no article in English, as the last word of what is sold.
WITHOUT_ARTICLE = frozenset(
    [
        "access",
        "accounting",
        "analysis",
        "assessment",
        "battery",
        "bioanalysis",
        "bonding",
        "brake",
        "build",
        "carburising",
        "care",
        "chemistry",
        "chromatography",
        "commissioning",
        "conditioning",
        "cure",
        "electrical",
        "equipment",
        "extraction",
        "foil",
        "gear",
        "grinding",
        "hydrogenation",
        "inspection",
        "lamination",
        "lighting",
        "machining",
        "manufacturing",
        "material",
        "maturation",
        "measurement",
        "media",
        "mice",
        "modification",
        "modelling",
        "monitoring",
        "optimisation",
        "packaged",
        "planting",
        "powder",
        "power",
        "prediction",
        "printing",
        "processed",
        "production",
        "qualification",
        "racking",
        "release",
        "restoration",
        "roof",
        "running",
        "screening",
        "separation",
        "software",
        "substance",
        "supply",
        "support",
        "testing",
        "titanium",
        "tomography",
        "trim",
        "tuning",
        "warning",
        "welding",
    ]
)
HEAD_ENDS = re.compile(
    r" (?:of|for|with|in|on|to|from|under|at|by|that|using|over|without|per|against|between|into|as|down)\b|,| \("
)
VOWEL_SOUND = re.compile(r"(?!one|uni|use|eu)[aeiou]|8|11\b|18\b", re.IGNORECASE)
ENOUGH_TRIES = 40


class Phrasing:
    """Chooses a template and fills it; `unique` texts differ from all unique texts before."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.templates: dict[str, list[tuple[str, Words]]] = defaultdict(list)
        self.used: set[str] = set()
        for row in rows(HERE / "templates.csv"):
            self.templates[row["part"]].append((row["when"], Words(row["zh"], row["en"])))

    def say(self, part: str, slots: Mapping[str, Words], *, when: Collection[str] = ("any",)) -> Words:
        """One sentence or two of `part`, from the templates whose condition is in `when`."""
        fitting = [words for condition, words in self.templates[part] if condition in when]
        return fill(self.rng.choice(fitting), slots)

    def say_unique(self, part: str, slots: Mapping[str, Words], *, when: Collection[str] = ("any",)) -> Words:
        for _ in range(ENOUGH_TRIES):
            words = self.say(part, slots, when=when)
            if words.zh not in self.used and words.en not in self.used:
                break
        self.used |= {words.zh, words.en}
        return words

    def join(self, parts: Mapping[str, Collection[str]], slots: Mapping[str, Words]) -> Words:
        """Several parts one after the other."""
        said = [self.say(part, slots, when=when) for part, when in parts.items()]
        return Words("".join(words.zh for words in said), " ".join(words.en for words in said))


def fill(template: Words, slots: Mapping[str, Words]) -> Words:
    zh = template.zh.format_map({name: words.zh for name, words in slots.items()})
    en = template.en.format_map({name: words.en for name, words in slots.items()})
    return Words(_tidy_zh(zh), _tidy_en(en))


def slots_of(skill: Skill) -> dict[str, Words]:
    """What templates may say about a skill; names with a capital begin an English sentence."""
    complaint = Words(_first_clause_zh(skill.problem.zh), _first_clause_en(skill.problem.en))
    thing = Words(skill.product.zh, with_article(skill.product.en))
    slots = {
        "capability": Words(skill.name.zh, lower_first(skill.name.en)),
        "product": skill.product,
        "Product": capital(skill.product),
        "a_product": thing,
        "A_product": capital(thing),
        "metric": skill.metric,
        "Metric": capital(skill.metric),
        "use": skill.use,
        "edge": skill.edge,
        "Edge": capital(skill.edge),
        "problem": skill.problem,
        "Problem": capital(skill.problem),
        "problem_lower": Words(skill.problem.zh, lower_first(skill.problem.en)),
        "complaint": complaint,
        "Complaint": capital(complaint),
    }
    return slots


def numbers(**values: int) -> dict[str, Words]:
    """Whole numbers; English groups the thousands, except in years."""
    return {name: Words(str(value), str(value) if name == "year" else f"{value:,}") for name, value in values.items()}


def money(**amounts: float) -> dict[str, Words]:
    """Amounts in CNY as people say them: in ten thousands in Chinese, in full or in millions in English."""
    said: dict[str, Words] = {}
    for name, amount in amounts.items():
        said[name] = Words(f"{amount / 10_000:g}", f"{amount / 10_000:g}")
        said[f"{name}_en"] = Words(english_money(amount), english_money(amount))
    return said


def english_money(amount: float) -> str:
    return f"{amount / 1_000_000:g} million" if amount >= 1_000_000 else f"{amount:,.0f}"


def with_article(noun: str) -> str:
    head = HEAD_ENDS.split(noun)[0].split()[-1]
    plural = head.endswith("s") and not head.endswith("ss")
    if plural or head in WITHOUT_ARTICLE:
        return noun
    return f"{'an' if VOWEL_SOUND.match(noun) else 'a'} {noun}"


def capital(words: Words) -> Words:
    return Words(words.zh, words.en[:1].upper() + words.en[1:])


def title_case(text: str) -> str:
    """As in the name of an institute: capitals but for the small words."""
    words = [
        word if word in {"and", "of", "for", "to", "by", "in"} else word[:1].upper() + word[1:]
        for word in text.split(" ")
    ]
    return " ".join(words)


def lower_first(text: str) -> str:
    """Small first letter, except for names, acronyms and `I`."""
    first = text.split(" ", 1)[0]
    return (
        text
        if first == "I" or any(letter.isupper() or letter.isdigit() for letter in first[1:])
        else text[:1].lower() + text[1:]
    )


def _first_clause_zh(text: str) -> str:
    clauses = re.split("[，；]", text)
    first = clauses[0]
    return first if len(first) >= 6 or len(clauses) == 1 else "，".join(clauses[:2])


def _first_clause_en(text: str) -> str:
    first = re.split(r"; |, (?=and |but |so )", text)[0]
    return first if len(first) >= 30 else text


def _tidy_zh(text: str) -> str:
    return re.sub("。{2,}", "。", text).replace("，，", "，").replace("，；", "；")


def _tidy_en(text: str) -> str:
    return re.sub(r"\.{2,}", ".", text).replace("..", ".")
