"""In やさしい日本語 a reading stays on the line of its word, and nothing but what is read is changed."""

import pytest

from backend.web.desk.whole_words import with_whole_words

JOINER = "\N{WORD JOINER}"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("<p>選（えら）んで</p>", f"<p>選{JOINER}（えら）{JOINER}んで</p>"),
        ("<p>窓口（まどぐち）</p>", f"<p>窓口{JOINER}（まどぐち）</p>"),
        ("<p>紙（かみ）、本（ほん）。</p>", f"<p>紙{JOINER}（かみ）、本{JOINER}（ほん）。</p>"),
        ("<b>名前（なまえ） を</b>", f"<b>名前{JOINER}（なまえ） を</b>"),
    ],
)
def test_a_reading_is_tied_to_its_word_and_to_what_follows(written: str, shown: str) -> None:
    """No line ends between a word and its reading; after a comma or a full stop it may."""
    assert with_whole_words(written) == shown


@pytest.mark.parametrize(
    "markup",
    [
        "<p>書類（2枚）です</p>",
        '<input value="選（えら）んで" title="窓口（まどぐち）">',
        "<p>Window（ABC）</p>",
    ],
)
def test_other_brackets_and_attributes_stay_as_they_are(markup: str) -> None:
    """What people typed is sent back as they typed it, and a remark in brackets may begin a line."""
    assert with_whole_words(markup) == markup
