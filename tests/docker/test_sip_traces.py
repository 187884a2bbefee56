"""With 0 hours of SIP traces Asterisk does not load what sends copies of SIP messages: docker/asterisk/entrypoint."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("hours", "loaded"),
    [(None, True), ("", True), ("24", True), ("0.5", True), ("10", True), ("0", False), ("0.0", False), ("00", False)],
)
def test_zero_hours_load_no_module(tmp_path: Path, hours: str | None, loaded: bool) -> None:
    script = (ROOT / "docker" / "asterisk" / "entrypoint").read_text()
    (choosing,) = re.findall(r"^if .*CARILLON_HEP_OFF.*$", script, re.MULTILINE)
    rendering = f'{choosing}\nperl "{ROOT}/asterisk-config/render" "{tmp_path}/from" "{tmp_path}"'
    (tmp_path / "from").mkdir()
    modules = (ROOT / "asterisk-config" / "engine" / "modules.conf").read_text()
    (tmp_path / "from" / "modules.conf").write_text(modules)
    environment = {"PATH": os.environ["PATH"]} | ({} if hours is None else {"CARILLON_SIP_TRACE_HOURS": hours})
    subprocess.run(["sh", "-euc", rendering], check=True, env=environment)
    rendered = (tmp_path / "modules.conf").read_text()
    noload = {line for line in rendered.splitlines() if line.startswith("noload = res_hep")}
    left = {"noload = res_hep_rtcp.so"}
    assert noload == (left if loaded else left | {"noload = res_hep.so", "noload = res_hep_pjsip.so"})
