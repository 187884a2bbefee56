"""Asterisk's log of security events is rotated when it is long, and few old ones are kept."""

from pathlib import Path

import pytest

from engine.features.trunks import log_rotation
from engine.features.trunks.log_rotation import MOST_OLD, SecurityLog


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_rotation, "LONGEST", 10)


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def rotating(folder: Path) -> SecurityLog:
    """A log whose Asterisk renames as rotatestrategy = rotate does."""

    async def rotate(name: str) -> None:
        for number in range(9, -1, -1):
            if (old := folder / f"{name}.{number}").exists():
                old.rename(folder / f"{name}.{number + 1}")
        (folder / name).rename(folder / f"{name}.0")
        (folder / name).touch()

    return SecurityLog(folder, rotate)


async def test_a_long_one_is_rotated_and_the_oldest_ones_are_removed(tmp_path: Path) -> None:
    log, file = rotating(tmp_path), tmp_path / "security"
    for round_ in range(MOST_OLD + 3):
        file.write_text(f"the lines of round {round_}")
        await log.look()
    assert names(tmp_path) == ["security", *(f"security.{n}" for n in range(MOST_OLD))]
    assert (tmp_path / "security.0").read_text() == f"the lines of round {MOST_OLD + 2}"


async def test_a_short_one_and_one_that_is_not_there_are_left_alone(tmp_path: Path) -> None:
    log = rotating(tmp_path)
    await log.look()
    (tmp_path / "security").write_text("short")
    await log.look()
    assert names(tmp_path) == ["security"]
