"""The look at the ports before a system starts: docker/ports."""

import socket
import subprocess
import sys
from pathlib import Path

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
