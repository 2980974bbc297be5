"""Every test says what must hold: one that only does something is green whatever that leads to."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
SAYS = {"raises", "refuses", "refused", "until", "check_schema"}
"""Calls that fail by themselves; beside ``assert``, and functions of the tests in which one of these stands."""

Place = tuple[str, str]
"""A module, and a function in it."""


class Module:
    """What a file of tests defines, and where its names come from."""

    def __init__(self, name: str, text: str) -> None:
        tree = ast.parse(text)
        self.functions = {n.name: n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)}
        self.places: dict[str, Place] = {function: (name, function) for function in self.functions}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                self.places |= {a.asname or a.name: (str(node.module), a.name) for a in node.names}

    def called(self, function: str) -> Iterator[Place]:
        for node in ast.walk(self.functions[function]):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                yield self.places.get(node.func.id, ("", node.func.id))
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                owner = node.func.value
                own = isinstance(owner, ast.Name) and owner.id == "self"
                yield self.places.get(node.func.attr, ("", "")) if own else ("", node.func.attr)


def silent(modules: dict[str, Module]) -> set[Place]:
    """Return the tests in which nothing is asserted, here or in a function of the tests that they call."""
    says = {
        (name, function)
        for name, module in modules.items()
        for function, body in module.functions.items()
        if any(isinstance(node, ast.Assert) for node in ast.walk(body))
    }
    calls = {(name, f): set(module.called(f)) for name, module in modules.items() for f in module.functions}
    new = says
    while new:
        new = {f for f, called in calls.items() if any(c in says or c[1] in SAYS for c in called)} - says
        says |= new
    return {f for f in calls if f[1].startswith("test_")} - says


def test_every_test_says_what_must_hold():
    modules = {}
    for path in TESTS.rglob("*.py"):
        name = ".".join(path.relative_to(TESTS.parent).with_suffix("").parts)
        modules[name] = Module(name, path.read_text("utf-8"))
    assert silent(modules) == set()


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("assert act()", True),
        ("with pytest.raises(Error):\n        act()", True),
        ("checked()", True),
        ("act()", False),
        ("thing.checked()", False),
    ],
)
def test_checker_sees_a_test_that_says_nothing(body: str, says: bool):
    text = f"def checked():\n    assert act()\n\ndef act():\n    return 1\n\ndef test_it():\n    {body}\n"
    assert silent({"tests.it": Module("tests.it", text)}) == (set() if says else {("tests.it", "test_it")})


def test_every_measurement_finds_what_it_measures():
    """Nothing else reads them until somebody measures."""
    modules = [f"tests.bench.{file.stem}" for file in (TESTS / "bench").glob("*.py")]
    assert len(modules) > 10
    for module in modules:
        import_module(module)
