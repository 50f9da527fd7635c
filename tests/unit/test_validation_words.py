"""What is wrong with a value, in our words: nobody at a counter reads a library's."""

from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from backend.common.validation_words import reason_of


class Example(BaseModel):
    """A table of a file with one value of each usual kind."""

    model_config = ConfigDict(extra="forbid", strict=True)

    windows: Annotated[int, Field(ge=1, le=99)] = 1
    seconds: float = 1.0
    open: bool = True
    kind: Literal["check", "issuance"] = "check"
    names: Annotated[tuple[str, ...], Field(min_length=1)] = ("A",)
    place: str = ""

    @field_validator("place")
    @classmethod
    def _no_riddles(cls, value: str) -> str:
        if value == "nowhere":
            raise ValueError("there is no such place")
        return value


def told(**values: Any) -> str:
    """The sentence for a wrong value."""
    with pytest.raises(ValidationError) as caught:
        Example.model_validate(values)
    (error,) = caught.value.errors()
    return reason_of(error, missing="nothing is called so")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"windows": "three"}, "a whole number is expected"),
        ({"windows": 0}, "it must be at least 1"),
        ({"windows": 100}, "it must be at most 99"),
        ({"seconds": "long"}, "a number is expected"),
        ({"open": "maybe"}, "true or false is expected"),
        ({"kind": "tea"}, "one of 'check' or 'issuance' is expected"),
        ({"names": ()}, "the list needs at least 1"),
        ({"windwos": 3}, "nothing is called so"),
        ({"place": "nowhere"}, "there is no such place"),
    ],
)
def test_a_wrong_value_is_told_in_our_words(values: dict[str, Any], words: str) -> None:
    """Whoever mistypes a setting reads what is expected, with the limit, and no name of a library's error."""
    assert told(**values) == words
