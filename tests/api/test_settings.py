"""What this process is told from outside."""

from pathlib import Path

import pytest

from api.settings import SettingsError, read

NEEDED = {"CARILLON_ADMIN_TOKEN": "t", "CARILLON_ARI_PASSWORD": "p", "CARILLON_SECRET": "s"}


def test_what_is_empty_is_the_default() -> None:
    found = read(NEEDED | {"CARILLON_NUMBER_POOL": "", "CARILLON_REPLAY_SECONDS": "", "PATH": "/bin"})
    assert found == read(NEEDED)
    assert (found.number_pool, found.replay_seconds, found.mounted_at) == ("+12015552000-+12015559999", 900.0, "")


def test_the_file_that_a_new_system_is_made_of_can_be_read() -> None:
    lines = (Path(__file__).parents[2] / ".env.example").read_text().splitlines()
    example = dict(line.split("=", 1) for line in lines if line.startswith("CARILLON_"))
    assert read(example | NEEDED).voices == Path("/var/lib/carillon/voices")


def test_passcodes_are_kept_for_thirty_days_whatever_is_set() -> None:
    assert read(NEEDED).kept["passcodes"] == 30


def test_a_folder_is_where_it_is_said_to_be() -> None:
    assert read(NEEDED | {"CARILLON_VOICES": "/srv/voices"}).voices == Path("/srv/voices")


@pytest.mark.parametrize(
    ("url", "path"), [("https://host/", ""), ("https://host", ""), ("https://host/telephony/", "/telephony")]
)
def test_the_path_before_ours_is_the_one_of_the_public_address(url: str, path: str) -> None:
    assert read(NEEDED | {"CARILLON_PUBLIC_URL": url}).mounted_at == path


@pytest.mark.parametrize(
    "wrong",
    [
        {"CARILLON_ADMIN_TOKEN": ""}, {"CARILLON_API_PORT": "x"}, {"CARILLON_NUMBER_POOL": "x"},
        {"CARILLON_NUMBER_PRICE": "dear"}, {"CARILLON_REPLAY_SECONDS": "0"}, {"CARILLON_REPLAY_SECONDS": "soon"},
        {"CARILLON_S3_ENDPOINT": "minio:9000"}, {"CARILLON_S3_ENDPOINT": "https://"},
        {"CARILLON_TRUSTED_PROXIES": "proxy.example.com"}, {"CARILLON_MOST_CONNECTIONS": "0"},
        {"CARILLON_MOST_CONNECTIONS_PER_CLIENT": "many"},
        {"CARILLON_PUBLIC_URL": "pbx.example.com"}, {"CARILLON_PUBLIC_URL": "https://host/?a=b"},
    ],
)  # fmt: skip
def test_a_setting_that_is_missing_or_wrong_is_told_in_a_sentence(wrong: dict[str, str]) -> None:
    with pytest.raises(
        SettingsError, match=r"A setting is missing or wrong: .+ \(names in .env begin with CARILLON_\)"
    ):
        read(NEEDED | wrong)


def test_a_url_that_is_none_is_told_by_an_example_of_one() -> None:
    with pytest.raises(SettingsError, match=r"Expected a URL such as https://host/path - at `\$.public_url`"):
        read(NEEDED | {"CARILLON_PUBLIC_URL": "pbx.example.com"})


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"CARILLON_BIND": "127.0.0.1,127.0.0.2"}, "bind must have at most one IPv4 address"),
        ({"CARILLON_BIND": "127.0.0.1:5060"}, "bind must be addresses or a host name without a port"),
        ({"CARILLON_EXTERNAL_ADDRESS": "[2001:db8::7]:5060"}, "external_address must be addresses or a host name"),
        (
            {"CARILLON_BIND": "::1", "CARILLON_EXTERNAL_ADDRESS": "203.0.113.7"},
            "bind must have an IPv4 address too, because external_address has one (203.0.113.7)",
        ),
    ],
)
def test_addresses_that_cannot_be_right_are_named(wrong: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read(NEEDED | wrong)
    assert said in str(refused.value)


def test_we_are_reached_at_the_external_address_or_where_we_listen() -> None:
    six = read(NEEDED | {"CARILLON_BIND": "::"})
    assert (six.reached_at, six.api_url, six.rtp_address) == ("::1", "http://[::1]:8080", "")
    both = read(NEEDED | {"CARILLON_BIND": "0.0.0.0,::", "CARILLON_EXTERNAL_ADDRESS": "2001:db8::7"})
    assert both.reached_at == "2001:db8::7"
    assert both.own_addresses == {"127.0.0.1", "::1", "2001:db8::7"}
    one = read(NEEDED | {"CARILLON_BIND": "10.0.0.5", "CARILLON_EXTERNAL_ADDRESS": "203.0.113.7"})
    assert (one.reached_at, one.rtp_address) == ("203.0.113.7", "10.0.0.5")
