"""Env files: docker/env."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def make(file: Path, *arguments: str) -> dict[str, str]:
    subprocess.run([str(ROOT / "docker" / "env"), str(file), *arguments], check=True)
    lines = [line for line in file.read_text().splitlines() if line.startswith("CARILLON_")]
    return dict(line.split("=", 1) for line in lines)


def secrets(settings: dict[str, str]) -> list[str]:
    """Those that are made; a client of another service has a secret of theirs."""
    made = [n for n in settings if n.endswith(("_PASSWORD", "_TOKEN", "_SECRET")) and "_CLIENT_" not in n]
    return [settings[n] for n in made]


def test_every_secret_is_long_random_and_nobody_elses_to_read(tmp_path: Path) -> None:
    one, two = make(tmp_path / "one"), make(tmp_path / "two")
    found = secrets(one) + secrets(two)
    assert len(found) >= 12
    assert len(set(found)) == len(found)
    assert min(map(len, found)) >= 32
    assert (tmp_path / "one").stat().st_mode & 0o077 == 0


def test_a_second_run_changes_no_value(tmp_path: Path) -> None:
    first = make(tmp_path / ".env")
    assert make(tmp_path / ".env") == first


def test_what_a_newer_version_asks_for_is_added_and_the_rest_is_kept(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("CARILLON_SIP_PORT=6000\nCARILLON_SECRET=mine\nCARILLON_ARI_PASSWORD=\n")
    settings = make(tmp_path / ".env")
    assert (settings["CARILLON_SIP_PORT"], settings["CARILLON_SECRET"]) == ("6000", "mine")
    assert len(settings["CARILLON_ARI_PASSWORD"]) >= 32
    assert settings["CARILLON_LAB_ADDRESS"] == "127.0.0.2"


def test_systems_with_different_shifts_share_no_port_and_no_address(tmp_path: Path) -> None:
    systems = [make(tmp_path / "0"), *(make(tmp_path / str(n), f"p{n}", str(n)) for n in range(1, 7))]
    names = [n for n in systems[0] if n.endswith(("_PORT", "_START", "_END"))]
    ports = [s[n] for s in systems for n in names]
    assert len(set(ports)) == len(ports)
    for name in ("PROJECT", "LAB_ADDRESS", "LAB_TRUNK_ADDRESS", "LAB_CARRIERS", "LAB_HEARD"):
        assert len({s[f"CARILLON_{name}"] for s in systems}) == len(systems)


def test_a_misspelt_name_is_told_and_stays(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    make(file)
    with file.open("a") as more:
        more.write("CARILLON_PUBLC_URL=http://pbx.example.com\n")
    done = subprocess.run([str(ROOT / "docker" / "env"), str(file)], check=True, capture_output=True, text=True)
    assert done.stdout == "  note: CARILLON_PUBLC_URL in .env is not a setting; .env.example lists all of them\n"


def test_every_setting_is_named_once_in_the_example() -> None:
    names = [line.split("=")[0] for line in (ROOT / ".env.example").read_text().splitlines() if "=" in line[:40]]
    settings = [name for name in names if name.startswith("CARILLON_")]
    assert len(set(settings)) == len(settings)
