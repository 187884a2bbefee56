"""No test depends on chance: what can be seen of that by reading."""

import ast
import re
from pathlib import Path

TESTS = Path(__file__).parent
FEW = re.compile(r"(?=.*[0-9])[0-9a-f]{1,6}")
"""Digits that a random id contains now and then."""


def by_chance(code: str) -> list[int]:
    """The lines of a module that say that few digits are not in something."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Compare)
        and isinstance(node.ops[0], ast.NotIn)
        and isinstance(node.left, ast.Constant)
        and isinstance(node.left.value, str)
        and FEW.fullmatch(node.left.value)
    ]


def test_no_test_looks_for_few_digits_among_random_ids() -> None:
    assert by_chance('assert "4711" not in text') == [1]
    found = [f"{path}:{line}" for path in sorted(TESTS.rglob("*.py")) for line in by_chance(path.read_text())]
    assert found == [], "use tests.support.digits.stands_in"
