"""What this process is told from outside."""

import pytest

from api.settings import SettingsError, read

NEEDED = {"CARILLON_ADMIN_TOKEN": "t", "CARILLON_ARI_PASSWORD": "p", "CARILLON_SECRET": "s"}


def test_what_is_empty_is_the_default() -> None:
    found = read(NEEDED | {"CARILLON_NUMBER_POOL": "", "CARILLON_REPLAY_SECONDS": "", "PATH": "/bin"})
    assert found == read(NEEDED)
    assert (found.number_pool, found.replay_seconds, found.mounted_at) == ("+12015552000-+12015559999", 900.0, "")


@pytest.mark.parametrize(
    ("url", "path"), [("https://host/", ""), ("https://host", ""), ("https://host/telephony/", "/telephony")]
)
def test_the_path_before_ours_is_the_one_of_the_public_address(url: str, path: str) -> None:
    assert read(NEEDED | {"CARILLON_PUBLIC_URL": url}).mounted_at == path


@pytest.mark.parametrize(
    "wrong",
    [
        {"CARILLON_ADMIN_TOKEN": ""}, {"CARILLON_API_PORT": "x"}, {"CARILLON_NUMBER_POOL": "x"},
        {"CARILLON_REPLAY_SECONDS": "0"}, {"CARILLON_REPLAY_SECONDS": "soon"},
        {"CARILLON_S3_ENDPOINT": "minio:9000"}, {"CARILLON_S3_ENDPOINT": "https://"},
    ],
)  # fmt: skip
def test_a_setting_that_is_missing_or_wrong_is_told_in_a_sentence(wrong: dict[str, str]) -> None:
    with pytest.raises(
        SettingsError, match=r"A setting is missing or wrong: .+ \(names in .env begin with CARILLON_\)"
    ):
        read(NEEDED | wrong)
