"""Pages in やさしい日本語: a word stays on one line with its reading, as it does at the kiosk.

Its texts have spaces where a reader pauses, and the style sheet lets lines end only there. Browsers still break lines
at brackets, so that 選 would be on one line and （えら）んで on the next; a word joiner keeps them together.
"""

import re

_JOINER = "\N{WORD JOINER}"
_TEXT = re.compile(r">[^<>]+<")
_READING = re.compile(
    r"(?<=[^\s（）「」、。：<>])（(?=[\u3041-\u3096]+）)|(?<=[\u3041-\u3096])）(?=[^\s（）「」、。：<>])"
)


def with_whole_words(markup: str) -> str:
    """A page or a fragment whose readings stay with their words; attributes and values of fields are not changed."""
    return _TEXT.sub(lambda text: _READING.sub(_joined, text.group()), markup)


def _joined(bracket: re.Match[str]) -> str:
    return f"{_JOINER}（" if bracket.group() == "（" else f"）{_JOINER}"
