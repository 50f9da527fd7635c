"""The document rules of this ward: the shipped ones, changed by the files that the settings name."""

from pathlib import Path

import yaml

from backend.common import locate
from backend.documents import RuleBook, RuleFileError, rule_files
from backend.settings import Settings
from backend.wire import contains_my_number

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def open_rules(settings: Settings) -> RuleBook:
    """Read the dated rules of required documents from the files that the settings name.

    Raises:
        DocumentsError: a file is wrong, or holds a 12-digit number.
    """
    shipped = locate("rules")
    book = RuleBook.load(settings.rules_dir, policy_file=settings.document_policy_file, library=shipped)
    for file in (*rule_files(settings.rules_dir), settings.document_policy_file):
        # A test checks the shipped files.
        if shipped not in file.parents:
            refuse_numbers(file)
    return book


def refuse_numbers(file: Path) -> None:
    """Refuse a rule file that was read without mistakes and holds a 12-digit number (個人番号) in a text.

    Raises:
        RuleFileError: there is one; its line is named, the number is not.
    """
    for token in yaml.scan(file.read_text("utf-8-sig"), Loader=_LOADER):
        if isinstance(token, yaml.ScalarToken) and contains_my_number(token.value):
            raise RuleFileError(file, token.start_mark.line + 1, "a 12-digit number stands here")
