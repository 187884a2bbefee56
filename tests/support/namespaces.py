"""Network namespaces around this machine: it is behind a NAT, and so is a phone. Needs root; what is made is removed.

this machine ── ours (NAT) ── outside ── theirs (NAT) ── behind
"""

import asyncio
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tests.support.challenger import contact_host, media_address
from tests.support.far_end import Sound
from tests.support.sip_caller import SipCaller

HERE, OUTSIDE = "198.51.100.1", "198.51.100.2"
"""Where this machine is reached from outside, and the host there (RFC 5737)."""
HERE_INSIDE, NEIGHBOUR = "10.99.0.2", "10.99.0.1"
"""This machine's own address, and that of a host in its network (the router's)."""
PUBLIC, BEHIND = "203.0.113.2", "192.168.150.2"
"""What everybody sees of the host behind the other NAT, and its own address."""
HERE_6, OUTSIDE_6 = "2001:db8:1::1", "2001:db8:1::2"
HERE_INSIDE_6, NEIGHBOUR_6 = "fd00:99::2", "fd00:99::1"
"""The same by IPv6 (RFC 3849, RFC 4193); our NAT is one of IPv6 too, as rare as that is."""
_OUR_LINK = "carillon0"
_NAMES = ("carillon-outside", "carillon-ours", "carillon-theirs", "carillon-behind")


@dataclass(frozen=True)
class Networks:
    """The names of the namespaces."""

    outside: str
    ours: str
    theirs: str
    behind: str

    def forget_mappings(self) -> None:
        """Let the other NAT forget every flow, as one that is restarted: the next packet has another port outside.

        A masquerading kernel forgets the flows of a link that goes down (nf_nat_masquerade.c).
        """
        _within(self.theirs, "ip", "link", "set", "outer", "down")
        _within(self.theirs, "ip", "link", "set", "outer", "up")
        _within(self.theirs, "ip", "route", "add", "default", "via", "203.0.113.1")


    @contextmanager
    def without_forwarding(self, ports: tuple[int, int]) -> Iterator[None]:
        """Keep UDP to these ports of this machine out, as a firewall does that nobody told of RTP."""
        rule = ("FORWARD", "-i", "outer", "-p", "udp", "--dport", f"{ports[0]}:{ports[1]}", "-j", "DROP")
        _within(self.ours, "iptables", "-I", *rule)
        try:
            yield
        finally:
            _within(self.ours, "iptables", "-D", *rule)


@contextmanager
def networks(sip_port: int, rtp_ports: tuple[int, int]) -> Iterator[Networks]:
    """Make the namespaces and the ways between them; our NAT forwards these ports to this machine."""
    names = Networks(*_NAMES)
    _remove()
    try:
        for name in _NAMES:
            _ip("netns", "add", name)
            _within(name, "ip", "link", "set", "lo", "up")
        _ip("link", "add", _OUR_LINK, "type", "veth", "peer", "name", "inner", "netns", names.ours)
        _join(names.ours, "outer", names.outside, "ours")
        _join(names.theirs, "outer", names.outside, "theirs")
        _join(names.theirs, "inner", names.behind, "inner")
        _address("", _OUR_LINK, f"{HERE_INSIDE}/24", f"{HERE_INSIDE_6}/64")
        _address(names.ours, "inner", f"{NEIGHBOUR}/24", f"{NEIGHBOUR_6}/64")
        _address(names.ours, "outer", f"{HERE}/24", f"{HERE_6}/64")
        _address(names.outside, "ours", f"{OUTSIDE}/24", f"{OUTSIDE_6}/64")
        _address(names.outside, "theirs", "203.0.113.1/24")
        _address(names.theirs, "outer", f"{PUBLIC}/24")
        _address(names.theirs, "inner", "192.168.150.1/24")
        _address(names.behind, "inner", f"{BEHIND}/24")
        _routes(names)
        _nat(names, sip_port, rtp_ports)
        yield names
    finally:
        _remove()


def _routes(names: Networks) -> None:
    for network in ("198.51.100.0/24", "203.0.113.0/24"):
        _ip("route", "add", network, "via", NEIGHBOUR)
    _ip("route", "add", "2001:db8:1::/64", "via", NEIGHBOUR_6)
    for namespace, router in (
        (names.ours, OUTSIDE), (names.outside, HERE), (names.theirs, "203.0.113.1"), (names.behind, "192.168.150.1")
    ):  # fmt: skip
        _within(namespace, "ip", "route", "add", "default", "via", router)
    for namespace in (names.ours, names.outside, names.theirs):
        _set(namespace, "ipv4/ip_forward", 1)
        _set(namespace, "ipv6/conf/all/forwarding", 1)


def _nat(names: Networks, sip_port: int, rtp_ports: tuple[int, int]) -> None:
    forwarded = (("udp", f"{sip_port}"), ("tcp", f"{sip_port}"), ("udp", f"{rtp_ports[0]}:{rtp_ports[1]}"))
    for program, inside in (("iptables", HERE_INSIDE), ("ip6tables", HERE_INSIDE_6)):
        nat = (program, "-t", "nat", "-A")
        _within(names.ours, *nat, "POSTROUTING", "-o", "outer", "-j", "MASQUERADE")
        for protocol, ports in forwarded:
            to = ("-j", "DNAT", "--to-destination", inside)
            _within(names.ours, *nat, "PREROUTING", "-i", "outer", "-p", protocol, "--dport", ports, *to)
    # Other ports than the phone's own, as most NATs give, and forgotten after half a minute without a packet.
    _within(names.theirs, "iptables", "-t", "nat", "-A", "POSTROUTING", "-o", "outer", "-j", "MASQUERADE", "--random")
    for timeout in ("nf_conntrack_udp_timeout", "nf_conntrack_udp_timeout_stream"):
        _set(names.theirs, f"netfilter/{timeout}", 30)


def _ip(*words: str) -> None:
    _run("ip", *words)


def _within(namespace: str, *words: str) -> None:
    _run("ip", "netns", "exec", namespace, *words)


def _run(*words: str) -> None:
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 0, f"{' '.join(words)}: {done.stderr.strip()}"


def _set(namespace: str, name: str, value: int) -> None:
    _within(namespace, "sh", "-c", f"echo {value} >/proc/sys/net/{name}")


def _join(one: str, one_link: str, other: str, other_link: str) -> None:
    """Make a way between two namespaces."""
    _within(one, "ip", "link", "add", one_link, "type", "veth", "peer", "name", other_link, "netns", other)


def _address(namespace: str, link: str, *addresses: str) -> None:
    """Give a link its addresses; IPv6 ones at once, without looking whether somebody has them (DAD)."""
    run = ("ip", "netns", "exec", namespace, "ip") if namespace else ("ip",)
    for address in addresses:
        _run(*run, "address", "add", address, "dev", link, *(["nodad"] if ":" in address else []))
    _run(*run, "link", "set", link, "up")


def _remove() -> None:
    """Remove what there is of all this, also of a run that was killed."""
    subprocess.run(["ip", "link", "del", _OUR_LINK], capture_output=True)
    for name in _existing():
        subprocess.run(["ip", "netns", "del", name], capture_output=True)


def _existing() -> Iterable[str]:
    there = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True).stdout.split()
    return [name for name in _NAMES if name in there]


@dataclass(frozen=True)
class Heard:
    """What a call from a namespace was: the final status, the 200, and what was heard."""

    status: int | None
    answer: str
    sound: Sound

    @property
    def media_address(self) -> str:
        """Where the SDP that was answered says that its RTP goes."""
        return media_address(self.answer)

    @property
    def contact_host(self) -> str:
        """Where the answer says that requests of this call go."""
        return contact_host(self.answer)


async def call_from(namespace: str, number: str, **fields: Any) -> Heard:
    """Call a number from there (fields of `_call`)."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "heard"
        given = json.dumps({"number": number, "file": str(file), **fields})
        command = ["ip", "netns", "exec", namespace, sys.executable, "-m", "tests.support.namespaces", given]
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        answer, _ = await process.communicate()
        assert process.returncode == 0, "the caller in the namespace failed; see above"
        samples = np.frombuffer(file.read_bytes(), "<i2").astype(np.float32) / 32768
        return Heard(**json.loads(answer), sound=Sound(samples, 8000, f"what {namespace} heard"))


def _call(
    *, number: str, file: str, host: str, port: int, address: str, seconds: float, tone: int, **fields: Any
) -> None:
    caller = SipCaller(host, port, address=address, **fields)
    result = asyncio.run(caller.call(number, seconds=seconds, tone=tone))
    Path(file).write_bytes(result.pcm())
    status = result.status if result.statuses else None
    sys.stdout.write(json.dumps({"status": status, "answer": result.answer}))


if __name__ == "__main__":
    _call(**json.loads(sys.argv[1]))
