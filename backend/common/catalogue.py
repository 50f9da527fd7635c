"""Catalogues: every sentence a person reads, by area and language.

An area is one TOML file per language under ``assets/texts/<area>/<language>.toml``. Japanese is the
source: a key that another language lacks falls back to Japanese, a key that Japanese lacks is an error.
Tables nest with dots: ``[welcome] title = "…"`` is the key ``welcome.title``.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from backend.common.shipped import locate


class Language(StrEnum):
    """Languages of the product, as BCP 47 tags; ``ja-easy`` is やさしい日本語."""

    JAPANESE = "ja"
    EASY_JAPANESE = "ja-easy"
    ENGLISH = "en"
    CHINESE = "zh-Hans"
    KOREAN = "ko"

    @property
    def html(self) -> str:
        """The tag a browser understands."""
        return "ja" if self is Language.EASY_JAPANESE else self.value


@cache
def _load(area: str, language: Language) -> Mapping[str, str]:
    """Read one file into flat keys."""
    flat: dict[str, str] = {}

    def walk(prefix: str, table: Mapping[str, object]) -> None:
        for key, value in table.items():
            if isinstance(value, Mapping):
                walk(f"{prefix}{key}.", value)
            else:
                flat[f"{prefix}{key}"] = str(value)

    with locate("texts", area, f"{language}.toml").open("rb") as file:
        walk("", tomllib.load(file))
    return flat


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text's key with the values of its placeholders, independent of a language; a value may itself be a sentence."""

    key: str
    values: tuple[tuple[str, object], ...] = ()


class Catalogue:
    """The texts of one area in one language.

    Args:
        area: name of the folder under ``assets/texts``, for example ``kiosk``.
        language: the language to speak; Japanese stands in for what it lacks.
    """

    def __init__(self, area: str, language: Language = Language.JAPANESE) -> None:
        self.area = area
        self.language = language
        self._source = _load(area, Language.JAPANESE)
        self._texts = _load(area, language)

    def text(self, key: str, **values: object) -> str:
        """Return the text of a key with its ``{name}`` placeholders filled in.

        Raises:
            KeyError: Japanese, the source, has no such key.
        """
        template = self._texts.get(key) or self._source[key]
        return template.format(**values) if values else template

    def speak(self, sentence: Sentence, form: str = "") -> str:
        """Return a sentence in this language; values for which its text has no placeholder are left out.

        Args:
            sentence: what to say.
            form: a suffix; if there is a key with this suffix, it is used instead of the sentence's own key.

        Raises:
            KeyError: Japanese, the source, has no such key.
        """
        formed = f"{sentence.key}_{form}"
        key = formed if form and formed in self._source else sentence.key
        template = self.text(key)
        return self.text(
            key,
            **{
                name: self.speak(value, form) if isinstance(value, Sentence) else value
                for name, value in sentence.values
                if f"{{{name}" in template
            },
        )

    def keys(self) -> frozenset[str]:
        """Every key of the source language."""
        return frozenset(self._source)
