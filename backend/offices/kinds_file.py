"""The file of kinds of visit (TOML), read and checked."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from backend.common import Language, TomlFile
from backend.common.design import UnknownTokenError, glyph
from backend.offices.directory import OfficesError
from backend.offices.drawn_text import DrawnLine
from backend.offices.kind import PICK_UP, KindPaper, Stages, VisitKind

KindCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,19}$")]
"""The code of a kind: lower-case letters and underscores, at most 20."""


def _known_icon(name: str) -> str:
    try:
        glyph(name)
    except UnknownTokenError as unknown:
        raise ValueError(str(unknown)) from None
    return name


_Words = Annotated[DrawnLine, StringConstraints(max_length=60)]
"""A text that is short enough for a button."""


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Paper(_Closed):
    name: dict[Language, _Words]
    source: Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]

    @model_validator(mode="after")
    def _in_japanese(self) -> "_Paper":
        if Language.JAPANESE not in self.name:
            raise ValueError("a paper has no Japanese name")
        return self


class _Kind(_Closed):
    code: KindCode
    name: dict[Language, _Words]
    icon: Annotated[str, AfterValidator(_known_icon)] = "info"
    series: Annotated[str, StringConstraints(pattern=r"^[A-Z]$")] | None = None
    stages: Stages = Stages.RECEPTION
    papers: list[_Paper] = Field(default=[], max_length=12)
    papers_confirmed: bool = False
    minutes: float | None = Field(default=None, gt=0, le=24 * 60, allow_inf_nan=False)
    bookable: bool = False
    walk_in: bool = True
    usual: bool = False

    @model_validator(mode="after")
    def _consistent(self) -> "_Kind":
        if Language.JAPANESE not in self.name:
            raise ValueError(f"the kind {self.code} has no Japanese name")
        if self.code == PICK_UP and self.stages is not Stages.RECEPTION_AND_ISSUANCE:
            raise ValueError(f"the kind {PICK_UP} goes to an issuance window, where cards are handed out")
        if self.code == PICK_UP and self.papers:
            raise ValueError(f"the papers of the kind {PICK_UP} are those of the document rules")
        return self


class _File(_Closed):
    kind: list[_Kind] = Field(min_length=1, max_length=20)


def load_kinds(path: Path) -> dict[str, VisitKind]:
    """Read and check the file of kinds; returns the kinds by code, in the order of the file.

    Raises:
        OfficesError: the file is missing, is not TOML, or contradicts itself.
    """
    file = TomlFile.read(path, "the file of kinds of visit", OfficesError)
    kinds: dict[str, VisitKind] = {}
    for place, entry in enumerate(file.check(_File).kind):
        if entry.code in kinds:
            raise file.wrong(
                ("kind", place, "code"), f"the file of kinds of visit names the kind {entry.code} twice"
            )
        kinds[entry.code] = VisitKind(
            code=entry.code,
            name=_by_tag(entry.name),
            icon=entry.icon,
            series=entry.series,
            stages=entry.stages,
            papers=tuple(KindPaper(_by_tag(paper.name), paper.source) for paper in entry.papers),
            papers_confirmed=entry.papers_confirmed,
            minutes=entry.minutes,
            bookable=entry.bookable,
            walk_in=entry.walk_in,
            usual=entry.usual,
        )
    if PICK_UP not in kinds or not kinds[PICK_UP].usual:
        raise file.wrong(
            ("kind",),
            f"the file of kinds of visit has no kind {PICK_UP} that every office does (usual = true)",
        )
    return kinds


def _by_tag(texts: dict[Language, str]) -> dict[str, str]:
    return {language.value: text for language, text in texts.items()}
