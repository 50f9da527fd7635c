"""The document rules of this ward: the shipped ones with what the settings give."""

from assets import locate
from backend.documents.rule_book import RuleBook
from backend.settings import Settings


def open_rules(settings: Settings) -> RuleBook:
    """The dated rules of required documents that the settings give.

    Raises:
        DocumentsError: a file is wrong.
    """
    return RuleBook.load(
        settings.rules_dir, policy_file=settings.document_policy_file, library=locate("rules")
    )
