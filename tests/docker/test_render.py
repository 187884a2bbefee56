"""How settings get into Asterisk's configuration: asterisk-config/render."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RENDER = ROOT / "asterisk-config" / "render"


def render(folder: Path, text: str, **settings: str) -> subprocess.CompletedProcess[str]:
    (folder / "from").mkdir()
    (folder / "to").mkdir()
    (folder / "from" / "x.conf").write_text(text)
    command = ["perl", str(RENDER), str(folder / "from"), str(folder / "to")]
    return subprocess.run(command, capture_output=True, text=True, env={"PATH": os.environ["PATH"], **settings})


def rendered(folder: Path, text: str, **settings: str) -> str:
    done = render(folder, text, **settings)
    assert done.returncode == 0, done.stderr
    return (folder / "to" / "x.conf").read_text()


def test_a_setting_takes_its_place_and_the_dialplan_keeps_its_own(tmp_path: Path) -> None:
    line = "exten => _X!,1,Stasis(${CARILLON_ARI_APPLICATION},inbound,${EXTEN},${IF($[1]?a:b)})\n"
    assert rendered(tmp_path, line, CARILLON_ARI_APPLICATION="app-7") == (
        "exten => _X!,1,Stasis(app-7,inbound,${EXTEN},${IF($[1]?a:b)})\n"
    )


@pytest.mark.parametrize("settings", [{}, {"CARILLON_SIP_PORT": ""}])
def test_a_default_stands_in_for_what_is_unset_or_empty(tmp_path: Path, settings: dict[str, str]) -> None:
    assert rendered(tmp_path, "bind = 127.0.0.1:${CARILLON_SIP_PORT:-5060}\n", **settings) == "bind = 127.0.0.1:5060\n"


def test_a_line_that_needs_an_unset_setting_is_left_out(tmp_path: Path) -> None:
    text = "a = 1\nb = ${CARILLON_EXTERNAL_ADDRESS?}\nc = 2\n"
    assert rendered(tmp_path, text) == "a = 1\nc = 2\n"


def test_a_line_that_may_be_left_out_is_kept_when_the_setting_is_there(tmp_path: Path) -> None:
    text = "b = ${CARILLON_EXTERNAL_ADDRESS?}\n"
    assert rendered(tmp_path, text, CARILLON_EXTERNAL_ADDRESS="198.51.100.7") == "b = 198.51.100.7\n"


def test_a_section_whose_first_line_needs_an_unset_setting_is_left_out_whole(tmp_path: Path) -> None:
    text = "[a]\nx = 1\n\n[b] ; ${CARILLON_BIND_IPV6?}\ny = ${CARILLON_BIND_IPV6}\n; more\n[c]\nz = 3\n"
    assert rendered(tmp_path, text) == "[a]\nx = 1\n\n[c]\nz = 3\n"


def test_a_section_whose_first_line_s_setting_is_there_is_kept(tmp_path: Path) -> None:
    text = "[b] ; ${CARILLON_BIND_IPV6?}\ny = [${CARILLON_BIND_IPV6}]:5060\n"
    assert rendered(tmp_path, text, CARILLON_BIND_IPV6="::") == "[b] ; ::\ny = [::]:5060\n"


def test_a_missing_secret_is_refused_with_its_name_and_place(tmp_path: Path) -> None:
    done = render(tmp_path, "[u]\npassword = ${CARILLON_ARI_PASSWORD}\n")
    assert done.returncode != 0
    assert done.stderr == "carillon: CARILLON_ARI_PASSWORD is not set, and x.conf line 2 needs it; set it in .env\n"


def test_a_semicolon_does_not_begin_a_comment(tmp_path: Path) -> None:
    assert rendered(tmp_path, "password = ${CARILLON_P}\n", CARILLON_P="a;b") == "password = a\\;b\n"


def test_a_line_break_cannot_smuggle_in_another_line(tmp_path: Path) -> None:
    done = render(tmp_path, "password = ${CARILLON_P}\n", CARILLON_P="a\nread_only = no")
    assert done.returncode != 0
    assert "has a line break" in done.stderr
