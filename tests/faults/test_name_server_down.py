"""The name server is away while the controller is killed: trunks of host names are known by their last addresses."""

import secrets

from api.lab_carriers import BY_NAME
from tests.faults.conftest import kill_the_controller
from tests.support.carillon import Admin
from tests.support.lab import RunningLab
from tests.support.scenario import until
from tests.support.system import System

WITHIN = 60.0


async def test_a_trunk_keeps_the_addresses_of_its_name_until_a_name_server_answers_again(
    admin: Admin, system: System
) -> None:
    name, dns = f"named-{secrets.token_hex(3)}", system.container("lab-dns")
    network = RunningLab.of_environment().carriers
    addresses = {f"{network}.{last}" for last in (13, 14, 15)}

    async def shown() -> tuple[set[str], str]:
        trunk = await admin.ask("GET", f"trunks/{name}")
        match = trunk["asterisk"]["identify"]["match"]
        return {each.partition("/")[0] for each in match.split(",")}, " ".join(trunk["warnings"])

    host = BY_NAME["several"].host(network)
    await admin.ask("POST", "trunks", {"name": name, "host": host, "port": None, "prefix": "19978877"})
    try:
        assert await shown() == (addresses, "")
        await system.docker("stop", dns)
        try:
            await kill_the_controller(system)
            said = f"The name servers do not answer for {host}: its last addresses are used"
            await until(shown, lambda seen: said in seen[1], WITHIN, "it is said that no name server answers")
            assert (await shown())[0] == addresses
        finally:
            await system.docker("start", dns)
        assert await until(shown, lambda seen: not seen[1], WITHIN, "the names are looked up again") == (addresses, "")
    finally:
        await admin.ask("DELETE", f"trunks/{name}")
