"""What a container may do, who may read what the scripts log, and under which licence it all is."""

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
SERVICES: dict[str, Any] = yaml.safe_load((ROOT / "docker" / "compose.yaml").read_text())["services"]


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_has_no_capability_gains_no_privilege_and_has_limits(name: str) -> None:
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"] and "cap_add" not in service and not service.get("privileged")
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert isinstance(service["pids_limit"], int) and service["pids_limit"] > 0, "docker-compose 1.29 takes no text"
    setting, default = re.fullmatch(r"\$\{(CARILLON_\w+):-(\w+)\}", service["mem_limit"]).groups()  # type: ignore[union-attr]
    assert f"\n{setting}={default}\n" in (ROOT / ".env.example").read_text(), "it is a setting, and told"


@pytest.mark.parametrize("file", sorted((ROOT / "docker").glob("*.Dockerfile")), ids=lambda file: file.stem)
def test_an_image_runs_as_a_user_of_its_own_and_names_its_licence(file: Path) -> None:
    last_stage = file.read_text().rpartition("\nFROM ")[2]
    assert re.search(r"^USER 5060:5060$", last_stage, re.MULTILINE)
    assert 'org.opencontainers.image.licenses="Apache-2.0"' in last_stage
    assert "COPY LICENSE " in last_stage


def test_the_licence_is_apache_2_whole_and_the_package_names_it() -> None:
    text = (ROOT / "LICENSE").read_text()
    assert "Apache License\n                           Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text and len(text.splitlines()) == 202
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert (project["license"], project["license-files"]) == ("Apache-2.0", ["LICENSE"])


def _logging(build: Path, script: str) -> None:
    command = f'. "{ROOT}/docker/lib.sh"; umask 022; BUILD="{build}"; {script}'
    subprocess.run(["bash", "-c", command], check=True, capture_output=True)


@pytest.mark.parametrize(
    ("script", "file"),
    [("step 'setting up' echo password", "setting-up.log"), ('echo password >"$(log_file setup.log)"', "setup.log")],
)
def test_a_log_is_for_its_owner_only_one_of_an_older_version_too(tmp_path: Path, script: str, file: str) -> None:
    log = tmp_path / "log" / file
    log.parent.mkdir()
    log.write_text("what an older version logged")
    log.chmod(0o644)
    _logging(tmp_path, script)
    assert log.read_text() == "password\n"
    assert log.stat().st_mode & 0o777 == 0o600 and log.parent.stat().st_mode & 0o777 == 0o700


def test_every_log_of_the_scripts_is_made_so() -> None:
    for script in (ROOT / "docker").iterdir():
        if script.is_file() and script.name != "lib.sh":
            assert not re.search(r'>>?\s*"?\$BUILD/log', script.read_text(errors="replace")), script.name
