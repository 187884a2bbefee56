"""The look at the ports before a system starts: docker/ports."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

PORTS = Path(__file__).parents[2] / "docker" / "ports"


def check(env_file: Path, *services: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(PORTS), str(env_file), *services], capture_output=True, text=True)


def test_a_taken_port_ends_it_with_one_line_that_says_what_to_do(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        env_file.write_text(f"# settings\nCARILLON_REDIS_PORT={port}\n")
        done = check(env_file, "redis")
    assert done.returncode == 1
    assert done.stderr.startswith(f"carillon: TCP port {port} on 127.0.0.1 is in use")
    assert done.stderr.endswith("or set CARILLON_REDIS_PORT in .env to another port, and try again\n")
    assert done.stderr.count("\n") == 1


def test_a_taken_udp_port_is_seen_on_the_labs_own_address(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.9", 0))
        port = other.getsockname()[1]
        env_file.write_text(f"CARILLON_LAB_ADDRESS=127.0.0.9\nCARILLON_LAB_SIP_PORT={port}\nCARILLON_LAB_ARI_PORT=0\n")
        done = check(env_file, "lab")
    assert done.returncode == 1
    assert f"UDP port {port} on 127.0.0.9 is in use" in done.stderr


def test_the_ports_of_a_service_that_runs_already_are_not_looked_at(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    with socket.create_server(("127.0.0.1", 0)) as other:
        env_file.write_text(
            f"CARILLON_REDIS_PORT={other.getsockname()[1]}\nCARILLON_API_PORT=0\nCARILLON_ADMIN_PORT=0\n"
        )
        done = check(env_file, "carillon")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("CARILLON_API_PORT=80a80", "CARILLON_API_PORT=80a80 in .env is no port"),
        ("CARILLON_SIP_PORT=70000", "CARILLON_SIP_PORT=70000 in .env is no port"),
        ("CARILLON_API_PORT=8081", "CARILLON_API_PORT and CARILLON_ADMIN_PORT are both 8081"),
        ("CARILLON_RTP_START=16000", "CARILLON_RTP_START (16000) must be below CARILLON_RTP_END (14998)"),
        ("CARILLON_RTP_END=15000", "from CARILLON_RTP_START (10000) to CARILLON_RTP_END (15000) overlap"),
        ("CARILLON_RTP_START=5000", "CARILLON_SIP_PORT (5060) lies within the RTP ports from CARILLON_RTP_START"),
        ("CARILLON_EXTERNAL_ADDRESS=203.0.113.7:5060", "must be an address such as 203.0.113.7, without a port"),
        ("CARILLON_LOCAL_NETS=10.0.0.0/8, 10.1.0.0/33", "CARILLON_LOCAL_NETS in .env must be networks such as"),
        ("CARILLON_LOCAL_NETS=10.0.0.1/8", "(got '10.0.0.1/8')"),
        ("CARILLON_EXTERNAL_ADDRESS=203.0.113.7,203.0.113.8", "or one of each family such as 203.0.113.7,2001:db8::7"),
        ("CARILLON_EXTERNAL_ADDRESS=203.0.113", "must be an address such as 203.0.113.7"),
        ("CARILLON_BIND=::1\nCARILLON_EXTERNAL_ADDRESS=203.0.113.7", "an IPv4 address (203.0.113.7), but CARILLON_"),
        ("CARILLON_EXTERNAL_ADDRESS=203.0.113.7,2001:db8::7", "has an IPv6 address (2001:db8::7), but CARILLON"),
        ("CARILLON_BIND=127.0.0.1,127.0.0.9", "must be one address, or one of each family such as 0.0.0.0,::"),
        ("CARILLON_LOCAL_NETS=fd00::/8,fe80::/200", "(got 'fe80::/200')"),
    ],
)
def test_a_setting_that_cannot_be_right_is_named_also_while_everything_runs(
    tmp_path: Path, lines: str, said: str
) -> None:
    (tmp_path / ".env").write_text(f"{lines}\n")
    done = check(tmp_path / ".env")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert said in done.stderr


def test_an_address_that_this_machine_has_not_is_named_with_its_setting(tmp_path: Path) -> None:
    for address in ("127.0.0.300", "192.0.2.1", "2001:db8::1"):
        (tmp_path / ".env").write_text(f"CARILLON_BIND={address}\n")
        done = check(tmp_path / ".env")
        assert f"CARILLON_BIND={address} in .env is no address of this machine" in done.stderr


def test_an_address_of_each_family_is_looked_at_by_itself(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("CARILLON_BIND=127.0.0.1,::1\nCARILLON_LOCAL_NETS=10.0.0.0/8,fd00::/8\n")
    assert check(tmp_path / ".env").stderr == ""
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as other:
        other.bind(("::1", 0))
        port = other.getsockname()[1]
        (tmp_path / ".env").write_text(f"CARILLON_BIND=127.0.0.1,::1\nCARILLON_SIP_PORT={port}\nCARILLON_ARI_PORT=0\n")
        done = check(tmp_path / ".env", "asterisk")
    assert done.stderr.startswith(f"carillon: UDP port {port} on ::1 is in use")


def test_one_port_on_two_addresses_is_no_clash(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("CARILLON_LAB_SIP_PORT=5060\n")
    assert check(tmp_path / ".env").stderr == ""
