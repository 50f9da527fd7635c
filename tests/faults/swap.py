"""Puts a fault into a module that is already loaded, if it is inside a function.

The code of a loaded function can be replaced, wherever the function has been imported to. What is computed during the
import (constants, defaults, tables, attributes of classes) cannot be changed like that; then the module must be
imported again.
"""

import gc
from collections.abc import Iterator
from types import CodeType, FunctionType

Place = tuple[str, int]
"""A function by its qualified name and its first line."""


def swap(path: str, old: bytes, new: bytes) -> bool:
    """Replace the code of a file's loaded functions by that of its new text; False if other code differs, too."""
    before, after = (compile(text, path, "exec", dont_inherit=True) for text in (old, new))
    if _outside(before) != _outside(after):
        return False
    codes, earlier = dict(_functions(after)), dict(_functions(before))
    changed = {place: code for place, code in codes.items() if earlier.get(place) != code}
    if not changed or len(codes) != len(earlier):
        return False
    loaded = [
        one
        for one in gc.get_objects()
        if isinstance(one, FunctionType) and _place(one.__code__, path) in changed
    ]
    if {_place(one.__code__, path) for one in loaded} != set(changed):
        return False
    for function in loaded:
        code = changed[(function.__code__.co_qualname, function.__code__.co_firstlineno)]
        if code.co_freevars != function.__code__.co_freevars:
            return False
        function.__code__ = code
    return True


def _place(code: CodeType, path: str) -> Place | None:
    return (code.co_qualname, code.co_firstlineno) if code.co_filename == path else None


def _bodies(code: CodeType) -> Iterator[CodeType]:
    """The code that runs during the import: a module's body and those of its classes."""
    yield code
    for constant in code.co_consts:
        if (
            isinstance(constant, CodeType) and not constant.co_flags & 0x0002
        ):  # CO_NEWLOCALS: a function has it
            yield from _bodies(constant)


def _functions(module: CodeType) -> Iterator[tuple[Place, CodeType]]:
    for body in _bodies(module):
        for constant in body.co_consts:
            if isinstance(constant, CodeType) and constant.co_flags & 0x0002:
                yield (constant.co_qualname, constant.co_firstlineno), constant


def _outside(module: CodeType) -> list[tuple[object, ...]]:
    """The code that runs during the import, without the insides of functions."""
    return [
        (
            body.co_code,
            body.co_names,
            tuple(
                (type(constant), None if isinstance(constant, CodeType) else repr(constant))
                for constant in body.co_consts
            ),
        )
        for body in _bodies(module)
    ]
