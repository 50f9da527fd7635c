"""Settings of every program of the house: frozen, from a TOML file, the environment and the command line.

The command line wins over the environment, and that over the file. Errors name a wrong setting and never repeat its
value: it may be a secret.
"""

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

from backend.common.toml_file import TomlFile
from backend.common.validation_words import reason_of
from backend.wire import FieldShape, tree_contains_my_number


class SettingsError(ValueError):
    """The settings are wrong; the message is one sentence that names the first mistake."""


class FileSettings(BaseSettings):
    """Settings that a TOML file may hold.

    Attributes:
        toml_path: the file of this process, if any.
        error: the exception to raise where a setting is wrong.
    """

    toml_path: ClassVar[Path | None] = None
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
        """Command line, then environment, then file."""
        sources: list[PydanticBaseSettingsSource] = [init_settings, env_settings]
        if cls.toml_path is not None:
            sources.append(TomlConfigSettingsSource(settings_cls, cls.toml_path))
        return tuple(sources)


_OUR_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


def _place(error: ErrorDetails) -> str:
    """The setting's name, with positions in lists, without pydantic's own parts (such as the member of a union)."""
    *ahead, last = error["loc"] or ("token",)
    if error["type"] == "extra_forbidden":
        return ".".join(str(part) for part in (*ahead, last))
    ours = [part for part in (*ahead, last) if isinstance(part, int) or _OUR_NAME.fullmatch(part)]
    return ".".join(str(part) for part in ours)


def _reason(error: ErrorDetails, model: type[FileSettings]) -> str:
    """What is wrong, in our words for the usual kinds."""
    words = reason_of(error, missing="there is no such setting")
    field = model.model_fields.get(str(error["loc"][0])) if len(error["loc"]) == 1 else None
    if error["type"] == "string_pattern_mismatch" and field is not None and field.description:
        return f"{words}: {field.description}"
    return words


SettingsT = TypeVar("SettingsT", bound=FileSettings)


def read_settings(
    model: type[SettingsT], config: Path | None, variable: str, overrides: dict[str, Any]
) -> SettingsT:
    """Read the settings of a program.

    Args:
        model: what the program may be told.
        config: a TOML file; without one the file that the environment names.
        variable: the environment's variable that names it.
        overrides: values from the command line; ``None`` means not given.

    Raises:
        SettingsError: a file is missing or a value is wrong; the kind is that of the settings.
    """
    path = config or (Path(os.environ[variable]) if os.environ.get(variable) else None)
    try:
        if path is not None and not path.is_file():
            raise model.error(f"the settings file {path} does not exist")
    except OSError as error:
        raise model.error(f"the settings file cannot be reached: {error.strerror}") from None
    given = {key: value for key, value in overrides.items() if value is not None}
    bound = type(f"Bound{model.__name__}", (model,), {"toml_path": path, "__module__": __name__})
    try:
        settings: SettingsT = bound(**given)
    except tomllib.TOMLDecodeError as error:
        # The parser's message names line and column and at most a key, never a value.
        raise model.error(f"the settings file {path} is not valid TOML: {error}") from None
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = _where(model, path, given, first["loc"])
        raise model.error(f"{where}the setting {_place(first)} is wrong: {_reason(first, model)}") from None
    except SourceError as error:
        # A list or a table in the environment that is no JSON; the message names the field.
        raise model.error(str(error).splitlines()[0].rstrip(".")) from None
    except (ValueError, RecursionError):
        raise model.error(f"the settings file {path} is not valid TOML") from None
    except OSError as error:
        raise model.error(f"the settings file {path} cannot be read: {error.strerror}") from None
    for name, value in settings.model_dump(mode="json").items():
        # Settings are shown and logged, so none may hold a 12-digit number; tokens and keys are masked here.
        if tree_contains_my_number(value, shape=FieldShape.PATH):
            where = _where(model, path, given, (name,))
            raise model.error(f"{where}the setting {name} holds a 12-digit number, which is not repeated")
    return settings


def _where(
    model: type[FileSettings], path: Path | None, given: dict[str, Any], loc: tuple[str | int, ...]
) -> str:
    """File and line of a setting that comes from the file; empty for the command line and the environment."""
    name = str(loc[0]) if loc else ""
    from_environment = f"{model.model_config.get('env_prefix', '')}{name}".upper() in {
        key.upper() for key in os.environ
    }
    if path is None or not name or name in given or from_environment:
        return ""
    text = path.read_text("utf-8")
    file = TomlFile(path, "the settings file", model.error, text, tomllib.loads(text))
    return f"{path}, line {file.line_of(loc)}: " if file.has((name,)) else ""
