"""Makes small faults of a source file: each is one edit that a tired person might make.

Parts that do not change what the code does are left alone: annotations, decorators, docstrings, texts of exceptions. So
are the insides of f-strings, because Python 3.11 does not know the positions of their parts.
"""

import ast
import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass

_TURNED: dict[type[ast.cmpop], tuple[str, ...]] = {
    ast.Lt: ("<=", ">="),
    ast.LtE: ("<", ">"),
    ast.Gt: (">=", "<="),
    ast.GtE: (">", "<"),
    ast.Eq: ("!=",),
    ast.NotEq: ("==",),
    ast.In: ("not in",),
    ast.NotIn: ("in",),
    ast.Is: ("is not",),
    ast.IsNot: ("is",),
}
_COMPARISON = re.compile(r"<=|>=|==|!=|<|>|\bnot\s+in\b|\bis\s+not\b|\bin\b|\bis\b")
_ARITHMETIC: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "//"),
    ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "*"),
    ast.Mod: ("%", "*"),
    ast.BitAnd: ("&", "|"),
    ast.BitOr: ("|", "&"),
}
_OPPOSITE = {"min": "max", "max": "min", "any": "all", "all": "any", "floor": "ceil", "ceil": "floor"}
_STATEMENTS = (ast.AugAssign, ast.Raise, ast.Continue, ast.Break, ast.Delete)


@dataclass(frozen=True, order=True)
class Fault:
    """One edit: the bytes from ``start`` to ``end`` become ``new``."""

    start: int
    end: int
    new: str
    kind: str

    def apply(self, source: bytes) -> bytes:
        """The source with the fault in it."""
        return source[: self.start] + self.new.encode() + source[self.end :]

    def line(self, source: bytes) -> int:
        """The line at which it begins, from 1."""
        return source.count(b"\n", 0, self.start) + 1

    def diff(self, source: bytes) -> str:
        """The changed lines, old ones before new ones."""
        old, new = source.decode().splitlines(), self.apply(source).decode().splitlines()
        lines = difflib.unified_diff(old, new, lineterm="", n=0)
        return "\n".join(line for line in lines if not line.startswith(("---", "+++", "@@")))


def faults_of(source: bytes) -> tuple[Fault, ...]:
    """All faults that can be made in a source, in the order of their positions."""
    return tuple(sorted(set(_Finder(source).faults())))


def is_valid(source: bytes) -> bool:
    """Whether a source is valid Python; with some faults it is not."""
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


class _Finder:
    """Walks over a module's syntax tree and makes faults."""

    def __init__(self, source: bytes) -> None:
        self._source = source
        self._starts = [0]
        for line in source.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))

    def faults(self) -> Iterator[Fault]:
        """All faults, in any order."""
        yield from self._below(ast.parse(self._source))

    def _below(self, node: ast.AST) -> Iterator[Fault]:
        for child in _steering(node):
            yield from self._at(child)
            yield from self._below(child)

    def _span(self, node: ast.AST) -> tuple[int, int]:
        assert isinstance(node, ast.expr | ast.stmt)
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return (
            self._starts[node.lineno - 1] + node.col_offset,
            self._starts[node.end_lineno - 1] + node.end_col_offset,
        )

    def _whole(self, node: ast.AST, new: str, kind: str) -> Fault:
        return Fault(*self._span(node), new, kind)

    def _between(self, left: ast.expr, right: ast.expr, old: re.Pattern[str], new: str, kind: str) -> Fault:
        """Replace the operator between two operands, which may be in brackets."""
        begins, ends = self._span(left)[1], self._span(right)[0]
        gap = self._source[begins:ends].decode()
        return Fault(begins, ends, old.sub(new, gap, count=1), kind)

    def _at(self, node: ast.AST) -> Iterator[Fault]:
        yield from self._reckoned(node)
        yield from self._decided(node)
        yield from self._done(node)

    def _reckoned(self, node: ast.AST) -> Iterator[Fault]:
        """Faults in the computation of a value."""
        match node:
            case ast.Compare():
                yield from self._compared(node)
            case ast.BoolOp():
                word, other = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
                for left, right in zip(node.values, node.values[1:], strict=False):
                    yield self._between(left, right, re.compile(rf"\b{word}\b"), other, "and/or")
            case ast.UnaryOp(op=ast.Not()):
                start, end = self._span(node)
                yield Fault(start, end, f"({self._source[start + 3 : end].decode().strip()})", "not")
            case ast.BinOp() if type(node.op) in _ARITHMETIC:
                old, new = _ARITHMETIC[type(node.op)]
                yield self._between(node.left, node.right, re.compile(re.escape(old)), new, "arithmetic")
            case ast.Constant(value=bool(value)):
                yield self._whole(node, str(not value), "true/false")
            case ast.Constant(value=int(value)):
                yield self._whole(node, str(value + 1), "number")
                yield self._whole(node, f"({value - 1})" if value < 1 else str(value - 1), "number")
            case ast.Constant(value=float(value)):
                yield self._whole(node, repr(value + 1), "number")
            case ast.Name(id=name) if name in _OPPOSITE:
                yield self._whole(node, _OPPOSITE[name], "opposite")
            case ast.Attribute(attr=name) if name in _OPPOSITE:
                end = self._span(node)[1]
                yield Fault(end - len(name), end, _OPPOSITE[name], "opposite")

    def _decided(self, node: ast.AST) -> Iterator[Fault]:
        """Faults in conditions."""
        match node:
            case ast.If(test=test) | ast.IfExp(test=test):
                yield self._whole(test, "True", "condition")
                yield self._whole(test, "False", "condition")
            case ast.comprehension(ifs=tests):
                yield from (self._whole(test, "True", "condition") for test in tests)
            case ast.match_case(guard=ast.expr() as guard):
                yield self._whole(guard, "True", "condition")
                yield self._whole(guard, "False", "condition")

    def _done(self, node: ast.AST) -> Iterator[Fault]:
        """Faults in statements: what is returned or carried out."""
        match node:
            case ast.Return(value=ast.expr() as value) if not _is_nothing(value):
                yield self._whole(value, "None", "return")
            case ast.Expr(value=ast.Call()):
                yield self._whole(node, "pass", "left out")
            case _ if isinstance(node, _STATEMENTS):
                yield self._whole(node, "pass", "left out")

    def _compared(self, node: ast.Compare) -> Iterator[Fault]:
        operands = [node.left, *node.comparators]
        for operator, left, right in zip(node.ops, operands, operands[1:], strict=False):
            for turned in _TURNED[type(operator)]:
                yield self._between(left, right, _COMPARISON, turned, "comparison")


def _is_nothing(node: ast.expr) -> bool:
    """Whether a value is false, like None: our callers do not distinguish the two, and mypy would notice the change."""
    return ast.unparse(node) in {"None", "False", "0", "()", "[]", "{}", "''", "frozenset()"}


def _steering(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of a node that affect what the code does."""
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns", "decorator_list", "bases", "keywords"} and _only_says(
            node, name
        ):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not isinstance(child, ast.JoinedStr) and not _is_aside(child):
                yield child


def _only_says(node: ast.AST, field: str) -> bool:
    return field != "keywords" or isinstance(node, ast.ClassDef)


def _is_aside(node: ast.AST) -> bool:
    """Whether a node is a branch for type checkers, or for running the module as a program."""
    return isinstance(node, ast.If) and ast.unparse(node.test) in {"TYPE_CHECKING", "__name__ == '__main__'"}
