"""Settings of all three programs: frozen, from a TOML file, the environment and the command line.

The command line has precedence over the environment, and the environment over the file. Errors name a wrong setting but
never repeat its value, which may be a secret.
"""

import json
import os
import re
import tomllib
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsError as SourceError,
    TomlConfigSettingsSource,
)

from backend.common.toml_file import Loc, TomlFile
from backend.common.validation_words import reason_of
from backend.wire import FieldShape, contains_my_number, tree_contains_my_number


class SettingsError(ValueError):
    """The settings are wrong; the message is one sentence that names the first mistake."""


class FileSettings(BaseSettings):
    """Settings that a TOML file may hold.

    Attributes:
        toml_path: the file of this process, if any.
        given: names of the settings that the command line gave.
        error: the exception that is raised if something is wrong.
    """

    toml_path: ClassVar[Path | None] = None
    given: ClassVar[frozenset[str]] = frozenset()
    error: ClassVar[type[SettingsError]] = SettingsError

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - machines of a counter read no .env
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - nor a secrets folder
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The sources by precedence: command line, environment, file."""
        sources: list[PydanticBaseSettingsSource] = [init_settings, env_settings]
        if cls.toml_path is not None:
            sources.append(TomlConfigSettingsSource(settings_cls, cls.toml_path))
        return tuple(sources)


_OUR_NAME = re.compile(r"[A-Za-z0-9_]+", re.ASCII)
_KEY = "[key]"
"""In pydantic's locations this follows a key of a table that is itself wrong."""


def _loc(error: ErrorDetails) -> Loc:
    """The place of a mistake in file or environment; if a key itself is wrong, the table that contains it."""
    loc = error["loc"] or ("token",)
    return loc[:-2] if loc[-1] == _KEY else loc


def _place(error: ErrorDetails) -> str:
    """The place of a mistake as names and positions in the file, without the types that pydantic tried there."""
    loc = _loc(error)
    if error["type"] != "extra_forbidden":
        loc = tuple(part for part in loc if isinstance(part, int) or _OUR_NAME.fullmatch(part))
    return ".".join(str(part) for part in loc)


def _reason(error: ErrorDetails, model: type[FileSettings]) -> str:
    """What is wrong, in our own words for the usual kinds of mistakes."""
    loc = error["loc"]
    known = len(loc) > 1 and loc[-1] in model.model_fields
    missing = "it is set once, for all, and cannot differ here" if known else "there is no such setting"
    words = reason_of(error, missing=missing)
    field = model.model_fields.get(str(loc[0])) if len(loc) == 1 else None
    if error["type"] == "string_pattern_mismatch" and field is not None and field.description:
        return f"{words}: {field.description}"
    return words


def _mistake(settings: type[FileSettings], error: ValidationError) -> SettingsError:
    """The exception for the first mistake in the settings: one sentence with its place."""
    first = error.errors(include_input=False, include_url=False)[0]
    where = where_said(settings, tuple(part for part in first["loc"] if part != _KEY))
    place = _place(first)
    if contains_my_number(place, FieldShape.PATH):
        return settings.error(f"{where}a setting's name is a 12-digit number, which is not repeated")
    return settings.error(f"{where}the setting {place} is wrong: {_reason(first, settings)}")


SettingsT = TypeVar("SettingsT", bound=FileSettings)


def read_settings(
    model: type[SettingsT], config: Path | None, variable: str, overrides: dict[str, Any]
) -> SettingsT:
    """Read the settings of a program.

    Args:
        model: the program's settings.
        config: a TOML file; without one the file that the environment names.
        variable: the environment variable that names the file.
        overrides: values from the command line; ``None`` means not given.

    Raises:
        SettingsError: a file is missing or a value is wrong; raised as the subclass of these settings.
    """
    path = config or (Path(os.environ[variable]) if os.environ.get(variable) else None)
    try:
        if path is not None and not path.is_file():
            raise model.error(f"the settings file {path} does not exist")
    except OSError as error:
        raise model.error(f"the settings file cannot be reached: {error.strerror}") from None
    given = {key: value for key, value in overrides.items() if value is not None}
    own = {"toml_path": path, "given": frozenset(given), "__module__": __name__}
    bound: type[SettingsT] = type(f"Bound{model.__name__}", (model,), own)
    try:
        settings = bound(**given)
    except tomllib.TOMLDecodeError as error:
        # The parser's message names line and column and at most a key, never a value.
        raise model.error(f"the settings file {path} is not valid TOML: {error}") from None
    except ValidationError as error:
        raise _mistake(bound, error) from None
    except SourceError as error:
        # A list or a table in the environment that is not JSON; the message names the field.
        raise model.error(str(error).splitlines()[0].rstrip(".")) from None
    except (ValueError, RecursionError):
        raise model.error(f"the settings file {path} is not valid TOML") from None
    except OSError as error:
        raise model.error(f"the settings file {path} cannot be read: {error.strerror}") from None
    for name, value in settings.model_dump(mode="json").items():
        # Settings are shown and logged, so none may hold a 12-digit number; tokens and keys are masked here.
        if tree_contains_my_number(value, shape=FieldShape.PATH):
            where = where_said(bound, (name,))
            raise model.error(f"{where}the setting {name} holds a 12-digit number, which is not repeated")
    return settings


def where_said(settings: type[FileSettings], loc: Loc) -> str:
    """File and line of a setting, to put before a sentence; empty if it came from the command line or the environment.

    Args:
        settings: the class of the settings that were read.
        loc: the place of the setting, even if it is missing.
    """
    path, name = settings.toml_path, str(loc[0]) if loc else ""
    if path is None or not name or name in settings.given or _in_environment(settings, loc):
        return ""
    text = path.read_text("utf-8")
    file = TomlFile(path, "the settings file", settings.error, text, tomllib.loads(text))
    return f"{path}, line {file.line_of(loc)}: " if file.has((name,)) else ""


def _in_environment(settings: type[FileSettings], loc: Loc) -> bool:
    """Whether the setting at a place comes from the environment; there, each key of a table counts by itself."""
    variable = f"{settings.model_config.get('env_prefix', '')}{loc[0]}".upper()
    written = next((value for key, value in os.environ.items() if key.upper() == variable), None)
    if written is None:
        return False
    try:
        said = json.loads(written)
    except ValueError:
        return True
    for part in loc[1:]:
        if not isinstance(said, dict):
            return True
        if part not in said:
            return False
        said = said[part]
    return True
