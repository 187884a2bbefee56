"""The running containers: what they may do and how much; and what is in the volume's database."""

import json

import pytest

from tests.support.system import System


@pytest.mark.parametrize("service", ["asterisk", "lab", "redis", "carillon"])
async def test_a_running_container_has_no_capability_no_new_privilege_and_limits(system: System, service: str) -> None:
    (described,) = json.loads(await system.docker("inspect", system.container(service)))
    host = described["HostConfig"]
    assert host["CapDrop"] == ["ALL"] and not host["CapAdd"] and not host["Privileged"]
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert host["Memory"] >= 1 << 30 and host["PidsLimit"] >= 200
    assert described["Config"]["User"] == "5060:5060"
    assert described["Config"]["Labels"]["org.opencontainers.image.licenses"] == "Apache-2.0"
    status = await system.docker("exec", system.container(service), "cat", "/proc/1/status")
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert (fields["CapBnd"].strip("0"), fields["CapEff"].strip("0"), fields["NoNewPrivs"]) == ("", "", "1")


async def test_the_database_s_files_are_nobody_else_s_to_read(system: System) -> None:
    container = system.container("carillon")
    listed = await system.docker(
        "exec", container, "sh", "-c", "stat -c '%a %n' /var/lib/carillon/carillon.db*"
    )
    modes = dict(reversed(line.split(" ", 1)) for line in listed.splitlines())  # type: ignore[misc]
    assert "/var/lib/carillon/carillon.db" in modes and set(modes.values()) == {"600"}
