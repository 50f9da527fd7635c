"""The messages and codes of a version, as they are kept, and what of today would break a device of that version."""

import json
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from backend.wire import codes, messages

Shapes = Mapping[str, Any]
_PROSE: Final = frozenset({"description", "title"})
"""What a schema says to people."""


def shapes_of_wire() -> dict[str, Any]:
    """Every message as JSON schema without its prose, and every list of codes."""
    models = [one for one in vars(messages).values() if _is_message(one)]
    _, schema = models_json_schema([(model, "validation") for model in models])
    told = _without_prose(schema["$defs"])
    return {
        "version": codes.WIRE_VERSION,
        "requests": sorted(model.__name__ for model in models if issubclass(model, messages.Request)),
        "messages": {model.__name__: told[model.__name__] for model in models},
        "codes": {
            one.__name__: [code.value for code in one]
            for one in vars(codes).values()
            if isinstance(one, type) and issubclass(one, StrEnum) and one is not StrEnum
        },
    }


def text_of_shapes(shapes: Shapes) -> str:
    """The form in which they are kept."""
    return json.dumps(shapes, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def breaks(kept: Shapes, today: Shapes) -> list[str]:
    """What a device or a server of the kept version could not read or would not be understood with, place by place."""
    return list(_breaks(kept, today))


def _breaks(kept: Shapes, today: Shapes) -> Iterator[str]:
    if kept["version"] != today["version"]:
        yield f"the wire was version {kept['version']} and is {today['version']}"
    for name, values in kept["codes"].items():
        now = today["codes"].get(name, [])
        yield from (f"{name}: the code {value} is gone" for value in values if value not in now)
    for name, shape in kept["messages"].items():
        if name not in today["messages"]:
            yield f"{name} is gone"
            continue
        yield from _breaks_of_message(name, shape, today["messages"][name])


def _breaks_of_message(name: str, kept: Shapes, today: Shapes) -> Iterator[str]:
    now = today.get("properties", {})
    for field, shape in kept.get("properties", {}).items():
        if field not in now:
            yield f"{name}.{field} is gone"
        elif now[field] != shape:
            yield f"{name}.{field} was {shape} and is {now[field]}"
    was_needed, is_needed = set(kept.get("required", [])), set(today.get("required", []))
    yield from (f"{name}.{field} is required" for field in sorted(is_needed - was_needed))
    yield from (
        f"{name}.{field} may be left out"
        for field in sorted(was_needed - is_needed)
        if field in now and kept.get("additionalProperties") is not False
    )
    if kept.get("additionalProperties") != today.get("additionalProperties"):
        yield f"{name} treats unknown fields in another way"


def _is_message(one: object) -> bool:
    return (
        isinstance(one, type)
        and issubclass(one, BaseModel)
        and one.__module__ == messages.__name__
        and one not in {messages.Request, messages.Reply}
    )


def _without_prose(schema: Any) -> Any:
    """A schema without what it says to people; a field may be named like that and stays."""
    if isinstance(schema, list):
        return [_without_prose(one) for one in schema]
    if not isinstance(schema, Mapping):
        return schema
    return {
        name: {field: _without_prose(one) for field, one in told.items()}
        if name in {"properties", "$defs"}
        else _without_prose(told)
        for name, told in schema.items()
        if name not in _PROSE
    }
