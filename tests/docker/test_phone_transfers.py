"""Phones' transfers are off unless they are switched on: Asterisk 22.10.1 crashes on a REFER with Refer-Sub: false."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("setting", "off"), [(None, True), ("", True), ("0", True), ("no", True), ("1", False)])
def test_the_module_that_takes_refer_is_loaded_only_where_the_setting_is_1(setting: str | None, off: bool) -> None:
    script = (ROOT / "docker/asterisk/entrypoint").read_text()
    (choosing,) = re.findall(r"^case .*CARILLON_REFER_OFF.*$", script, re.MULTILINE)
    environment = {"PATH": os.environ["PATH"]} | ({} if setting is None else {"CARILLON_PHONE_TRANSFERS": setting})
    shown = subprocess.run(
        ["sh", "-euc", f'{choosing}\nprintf %s "${{CARILLON_REFER_OFF:-}}"'],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert (shown.stdout == "res_pjsip_refer") is off
    assert "noload = ${CARILLON_REFER_OFF?}.so" in (ROOT / "asterisk-config/engine/modules.conf").read_text()
