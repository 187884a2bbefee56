"""An extension's digits, codecs and the number that its calls show: given to Asterisk, or refused with nothing made."""

import pytest

from engine.features.endpoints.extension import endpoints_of
from engine.features.endpoints.model import Dtmf, Extension, NewExtension, PhoneFields, Records
from engine.features.endpoints.service import Extensions
from engine.features.errors import InvalidSetting
from engine.platform.audit import ADMIN
from engine.platform.settings_cache import SettingsCache
from engine.store import accounts
from engine.store.accounts import Account
from engine.store.writer import Writer
from tests.api.own.asterisk import FakeConfiguration

CALLER = "442079460000"


async def verified(writer: Writer, cache: SettingsCache, account: Account, number: str) -> None:
    """Let the account show a number."""
    await writer.write(lambda conn: accounts.add_caller_id(conn, account.id, number))
    await cache.load()


@pytest.mark.parametrize("mode", list(Dtmf))
async def test_phones_and_browsers_get_the_mode_of_digits(mode: Dtmf) -> None:
    extension = Extension(account="a", number="101", sip_user="101", password="x" * 10, webrtc=True, dtmf=mode)
    for pieces in endpoints_of(extension).values():
        (endpoint,) = (piece for piece in pieces if piece.kind == "endpoint")
        assert endpoint.fields["dtmf_mode"] == mode.value


async def test_codecs_are_offered_in_their_order_and_browsers_keep_opus_first_without_any(
    extensions: Extensions, asterisk: FakeConfiguration, account: Account
) -> None:
    await extensions.add(ADMIN, NewExtension(number="101", account="acme", webrtc=True))

    def offered() -> tuple[str, str]:
        return asterisk.objects["endpoint", "101"]["allow"], asterisk.objects["endpoint", "web-101"]["allow"]

    assert offered() == ("ulaw,alaw,g722", "opus,g722,ulaw,alaw")
    changed = await extensions.equip(ADMIN, account.id, "101", PhoneFields(codecs="G722, alaw,g722"))
    assert changed.codecs == "g722,alaw" and offered() == ("g722,alaw", "g722,alaw")
    await extensions.equip(ADMIN, account.id, "101", PhoneFields(codecs=""))
    assert offered() == ("ulaw,alaw,g722", "opus,g722,ulaw,alaw")


async def test_a_codec_that_asterisk_does_not_translate_is_refused_and_changes_nothing(
    extensions: Extensions, cache: SettingsCache, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = await extensions.add(ADMIN, NewExtension(number="101", account="acme"))
    monkeypatch.setattr("tests.api.own.asterisk.MODULES", ("codec_ulaw.so", "codec_alaw.so"))
    for codecs, words in (("ulaw,opus", "opus needs its module codec_opus"), ("g729", "codecs must be of ulaw, alaw")):
        with pytest.raises(InvalidSetting, match=words):
            await extensions.equip(ADMIN, account.id, "101", PhoneFields(codecs=codecs, name="Ann"))
        with pytest.raises(InvalidSetting, match=words):
            await extensions.add(ADMIN, NewExtension(number="102", account="acme", codecs=codecs))
    assert cache.extensions(account.id) == [added]


async def test_a_number_that_the_account_may_show_is_stored_as_it_is_dialled_abroad(
    extensions: Extensions, writer: Writer, cache: SettingsCache, account: Account
) -> None:
    await verified(writer, cache, account, CALLER)
    wanted = NewExtension(number="101", account="acme", outbound_caller="+44 20 7946 0000")
    assert (await extensions.add(ADMIN, wanted)).outbound_caller == CALLER
    found = cache.extension(account.id, "101")
    assert found and found.outbound_caller == CALLER
    assert (await extensions.equip(ADMIN, account.id, "101", PhoneFields(name="Ann"))).outbound_caller == CALLER
    assert (await extensions.equip(ADMIN, account.id, "101", PhoneFields(outbound_caller=""))).outbound_caller == ""


@pytest.mark.parametrize("number", ["+442079460001", "500", "anonymous", "101"])
async def test_a_number_that_the_account_may_not_show_is_refused_and_nothing_is_made(
    extensions: Extensions, writer: Writer, cache: SettingsCache, account: Account, other: Account, number: str
) -> None:
    await verified(writer, cache, other, "442079460001")
    with pytest.raises(InvalidSetting, match=r"The outbound caller .*" + number.replace("+", r"\+")):
        await extensions.add(ADMIN, NewExtension(number="101", account="acme", outbound_caller=number))
    assert not cache.extensions(account.id)


async def test_other_settings_change_after_the_account_lost_the_number(
    extensions: Extensions, writer: Writer, cache: SettingsCache, account: Account
) -> None:
    await verified(writer, cache, account, CALLER)
    await extensions.add(ADMIN, NewExtension(number="101", account="acme", outbound_caller=CALLER))
    await writer.write(lambda conn: accounts.remove_caller_id(conn, account.id, CALLER))
    await cache.load()
    changed = await extensions.equip(ADMIN, account.id, "101", PhoneFields(record_internal=Records.IN))
    assert (changed.outbound_caller, changed.record_internal) == (CALLER, Records.IN)
