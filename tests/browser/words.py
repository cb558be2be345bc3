"""The platform's texts in the language of a journey."""

from dataclasses import dataclass

from babel.messages.catalog import Catalog


@dataclass(frozen=True)
class Words:
    """What a text of the platform is in the language of a journey."""

    language: str
    chinese: Catalog

    def __call__(self, text: str, **facts: object) -> str:
        if self.language == "zh":
            found = self.chinese.get(text)
            assert found is not None, text
            text = str(found.string)
        return text % facts if facts else text
