"""Names, addresses and numbers of bodies that do not exist; any likeness is an accident."""

from random import Random

from faker import Faker
from pypinyin import lazy_pinyin

from matchmaker.uscc import check_character
from seeds.demo.chains import Words
from seeds.demo.phrasing import title_case

FIRST = "渝嘉江巴蜀润恒博睿创凌鼎泰远宏启明晟瀚卓锐云星安信诚联众德盛瑞正凯迈辰昊沛屹铭佳骏"
SECOND = "芯擎驰腾源川岭峰途诺图邦泽朗域维拓翼界衡玥煦钧珩霖桥湾港帆棠榕杉彤"
# Well-known firms that a random pair would name.
TAKEN = frozenset(
    {
        "创维",
        "博瑞",
        "信维",
        "云图",
        "安图",
        "安源",
        "安恒",
        "正泽",
        "安邦",
        "德邦",
        "星源",
        "明源",
        "嘉源",
        "恒源",
        "润泽",
        "诚迈",
        "安信",
        "凯腾",
    }
)
FORMS = ("有限公司",) * 8 + ("有限责任公司", "股份有限公司")
UNIVERSITIES = (
    Words("山城理工大学", "Shancheng University of Technology"),
    Words("嘉陵科技大学", "Jialing University of Science and Technology"),
    Words("歌乐工业大学", "Gele Polytechnic University"),
    Words("两江医科大学", "Liangjiang Medical University"),
    Words("缙云大学", "Jinyun University"),
    Words("巴渝交通大学", "Bayu Transport University"),
    Words("长江上游工程学院", "Upper Yangtze Institute of Engineering"),
)
PARTNER_LANDS = (
    "German",
    "Singapore",
    "Swiss",
    "Swedish",
    "Dutch",
    "British",
    "Finnish",
    "Italian",
    "Japanese",
    "Korean",
)
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
BASE_36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Namer:
    """Gives each body a name, a code and an address of its own."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.roots = [a + b for a in FIRST for b in SECOND if a + b not in TAKEN]
        rng.shuffle(self.roots)
        self.used: set[str] = set()
        self.codes: set[str] = set()
        self.faker = Faker("zh_CN", use_weighting=False)
        self.faker.seed_instance(rng.random())

    def root(self) -> Words:
        """Two characters and their sound; each pair is used a few times at most, as in life."""
        characters = self.rng.choice(self.roots)
        return Words(characters, "".join(lazy_pinyin(characters)).capitalize())

    def firm(self, trade: Words) -> tuple[Words, str]:
        """Full name in both languages, and the short name."""
        while True:
            root = self.root()
            name = Words(
                f"重庆{root.zh}{trade.zh}{self.rng.choice(FORMS)}", f"Chongqing {root.en} {trade.en} Co., Ltd."
            )
            if self._is_new(name):
                return name, root.zh + trade.zh[:2]

    def lab(self, node: Words) -> tuple[Words, str]:
        while True:
            university = self.rng.choice(UNIVERSITIES)
            zh, en = self.rng.choice(
                (
                    ("重点实验室", "Key Laboratory of {}"),
                    ("工程研究中心", "Engineering Research Centre for {}"),
                    ("研究所", "Institute of {}"),
                    ("协同创新实验室", "Collaborative Laboratory for {}"),
                )
            )
            name = Words(f"{university.zh}{node.zh}{zh}", f"{en.format(title_case(node.en))}, {university.en}")
            if self._is_new(name):
                return name, node.zh[:6] + zh[-3:]

    def foreign_lab(self, node: Words) -> Words:
        """A joint laboratory that has an English name only."""
        while True:
            land, university = self.rng.choice(PARTNER_LANDS), self.rng.choice(UNIVERSITIES)
            name = Words("", f"Sino-{land} Joint Laboratory for {title_case(node.en)}, {university.en}")
            if name.en not in self.used:
                self.used.add(name.en)
                return name

    def body(self, zh: str, en: str) -> tuple[Words, str]:
        """A name from patterns with `{root}` in them."""
        while True:
            root = self.root()
            name = Words(zh.format(root=root.zh), en.format(root=root.en))
            if self._is_new(name):
                return name, root.zh + zh.rsplit("{root}", maxsplit=1)[-1][:4]

    def uscc(self, prefix: str, region: str) -> str:
        while True:
            code = f"{prefix}{region}{self._organisation_code()}"
            code += check_character(code)
            if code not in self.codes:
                self.codes.add(code)
                return code

    def address(self, place: str) -> str:
        return f"重庆市{place.removeprefix('西部科学城重庆')}{self.faker.street_name()}{self.rng.randint(1, 399)}号"

    def person(self) -> str:
        return str(self.faker.name())

    def _organisation_code(self) -> str:
        # GB 11714: eight characters and a check by 11; O, I, S, V and Z are not used in the social credit code.
        body = "MA" + "".join(self.rng.choices("0123456789ABCDEFGHJKLMNPQRTUWXY", k=6))
        total = sum(BASE_36.index(c) * w for c, w in zip(body, ORGANISATION_WEIGHTS, strict=True))
        check = (11 - total % 11) % 11
        return body + ("X" if check == 10 else str(check))

    def _is_new(self, name: Words) -> bool:
        if name.zh in self.used or name.en in self.used:
            return False
        self.used |= {name.zh, name.en}
        return True
