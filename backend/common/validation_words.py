"""What is wrong with a value in a settings file or a file of the ward, in our own words instead of a library's."""

from pydantic_core import ErrorDetails

_WORDS = {
    "missing": "it is not given",
    "list_type": 'a list is expected, for example ["…"]',
    "string_type": "a text is expected",
    "path_type": "a path is expected",
    "model_type": "a table is expected",
    "dict_type": "a table is expected",
    "string_pattern_mismatch": "it is not written in the form that is expected",
    "string_too_short": "it is too short",
    "string_too_long": "it is too long",
    "too_short": "the list needs at least {min_length}",
    "finite_number": "a number is expected",
    "literal_error": "one of {expected} is expected",
    "enum": "one of {expected} is expected",
    "greater_than": "it must be more than {gt}",
    "greater_than_equal": "it must be at least {ge}",
    "less_than": "it must be less than {lt}",
    "less_than_equal": "it must be at most {le}",
}
_WORDS["tuple_type"] = _WORDS["list_type"]
_WORDS["model_attributes_type"] = _WORDS["model_type"]
_FAMILIES = {
    "int_": "a whole number is expected",
    "float_": "a number is expected",
    "bool_": "true or false is expected",
    "date_": "a date is expected, for example 2027-03-28",
    "time_": "a time is expected, for example 09:00:00",
}


def reason_of(error: ErrorDetails, *, missing: str) -> str:
    """What is wrong, in our own words for the usual kinds; ``missing`` is the phrase for an unknown name."""
    kind = error["type"]
    if kind == "extra_forbidden":
        return missing
    family = next((words for start, words in _FAMILIES.items() if kind.startswith(start)), None)
    words = _WORDS.get(kind, family)
    if words is None:
        return error["msg"].removeprefix("Value error, ")
    return words.format_map(error.get("ctx", {}))
