"""What three files of tests need stands in one place: no helper and no constant is written a third time."""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Final

from tests.architecture.papers import modules, shown

MOST: Final = 2
"""In so many files the same may stand; from three on there is a module for it, see "Fixtures" of ``docs/testing.md``."""

OF_PYTEST: Final = frozenset({"pytestmark"})
"""Names that pytest reads in each file."""


def constants(tree: ast.Module) -> Iterator[str]:
    """Every name that a file binds at its top, with what it is bound to."""
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            for name in node.targets if isinstance(node, ast.Assign) else (node.target,):
                if isinstance(name, ast.Name) and name.id not in OF_PYTEST:
                    yield f"{name.id} = {ast.unparse(node.value)}"


def helpers(tree: ast.Module) -> Iterator[str]:
    """Every function at the top of a file, as what it does: whatever it and its own variables are called."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("test_"):
            yield what_it_does(node)


def what_it_does(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """A function's arguments and body, without its docstring and types, and with numbers for its own names.

    What a fixture asks for keeps its name: under another it is another one.
    """
    copy = deepcopy(node)
    copy.name, copy.returns = "_", None
    if ast.get_docstring(copy) is not None:
        copy.body = copy.body[1:] or [ast.Pass()]
    asked = [one.arg for one in ast.walk(copy.args) if isinstance(one, ast.arg)]
    bound = [one.id for one in ast.walk(copy) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)]
    own = dict.fromkeys(bound if copy.decorator_list else asked + bound)
    copy.decorator_list = []
    return ast.unparse(_Nameless({name: f"_{place}" for place, name in enumerate(own)}).visit(copy))


class _Nameless(ast.NodeTransformer):
    """Gives a function's own names numbers, and takes types away."""

    def __init__(self, own: Mapping[str, str]) -> None:
        self._own = own

    def visit_arg(self, node: ast.arg) -> ast.arg:
        """An argument."""
        return ast.arg(self._own.get(node.arg, node.arg))

    def visit_Name(self, node: ast.Name) -> ast.Name:
        """A name: one of the function's own, or one from outside, which stays."""
        return ast.Name(self._own.get(node.id, node.id), node.ctx)


def of_more_files(trees: Mapping[str, ast.Module]) -> Iterator[tuple[str, ast.Module]]:
    """The files, with only those functions at their top whose steps are of the same kinds as in more files than may be.

    What is said twice in the same words has the same kinds of steps, and to compare the words of every function is slow.
    """
    places = defaultdict(set)
    for file, tree in trees.items():
        for node in tree.body:
            places[kinds_of_steps(node)].add(file)
    for file, tree in trees.items():
        often = [node for node in tree.body if len(places[kinds_of_steps(node)]) > MOST]
        yield file, ast.Module(often, [])


def kinds_of_steps(node: ast.AST) -> tuple[str, ...]:
    """The kinds of a function's steps, its docstring aside."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return ()
    steps = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return tuple(type(step).__name__ for step in steps or [ast.Pass()])


def thrice(found: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """What stands in more files than it may, and where."""
    places = defaultdict(set)
    for file, things in found.items():
        for thing in things:
            places[thing].add(file)
    return {thing: sorted(files) for thing, files in places.items() if len(files) > MOST}


def files() -> dict[str, ast.Module]:
    """Every file of the tests."""
    return {shown(path): tree for path, tree in modules("tests").items()}


def test_no_constant_is_written_a_third_time() -> None:
    """A day, a key, a number that three files mean is one: who changes it changes it everywhere."""
    trees = files()
    assert len(trees) > 300
    assert thrice({name: constants(tree) for name, tree in trees.items()}) == {}


def test_no_helper_is_written_a_third_time() -> None:
    """What three files do in the same words is a helper of tests, which is mended once."""
    assert thrice({name: helpers(tree) for name, tree in of_more_files(files())}) == {}


def test_names_and_words_do_not_hide_a_copy() -> None:
    """The rule itself: other names, types and docstrings are the same helper; another step or another value is another."""
    first = 'def port() -> int:\n    """One."""\n    with socket() as line:\n        return line.port\n'
    same = "def free(a_line=None):\n    return a_line\n", "def other(x: int = None) -> int:\n    return x\n"
    copy = "@fixture\ndef free():\n    with socket() as taken:\n        return taken.port\n"
    codes = [f"def _(given):\n    return {{{one}.code for {one} in given}}\n" for one in ("note", "line")]
    other = "def free():\n    with socket() as taken:\n        return taken.name\n"

    def one(text: str) -> str:
        (found,) = helpers(ast.parse(text))
        return found

    asking = [
        f"@fixture\ndef _({house}):\n    with serving({house}) as url:\n        yield url\n"
        for house in ("a", "b")
    ]
    assert one(first) == one(copy) != one(other)
    assert one(asking[0]) != one(asking[1])
    assert one(codes[0]) == one(codes[1])
    assert one(same[0]) == one(same[1])
    day = [set(constants(ast.parse(text))) for text in ("DAY = 7", "DAY: Final = 7", "DAY = 8", "OTHER = 7")]
    assert day[0] == day[1]
    assert len(set(map(frozenset, day))) == 3
    assert set(thrice(dict.fromkeys("abc", ("DAY = 7",)))) == {"DAY = 7"}
    assert thrice(dict.fromkeys("ab", ("DAY = 7",))) == {}
