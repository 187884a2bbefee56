"""Extensions of several accounts in the administrator's API: whose is meant, and what a phone is set up with."""

import pytest

from tests.api.own.installation import Installation
from tests.api.own.test_subscriptions import Program, acme, program

__all__ = ["acme"]


async def test_two_accounts_have_the_same_extension_and_each_is_shown_with_its_own_user(
    installation: Installation,
) -> None:
    for name in ("acme", "shop"):
        await installation.account(name)
        status, added = await installation.admin("POST", "/extensions", {"number": "101", "account": name})
        assert (status, added["number"], added["account"]) == (201, "101", name)
        assert (await installation.admin("GET", f"/extensions/101/credentials?account={name}"))[1] == added
        assert installation.asterisk.objects["auth", added["user"]]["password"] == added["password"]
    listed = (await installation.admin("GET", "/extensions"))[1]["extensions"]
    assert {one["account"]: one["number"] for one in listed} == {"acme": "101", "shop": "101"}
    assert len({one["user"] for one in listed}) == 2
    (shops,) = (await installation.admin("GET", "/extensions?account=shop"))[1]["extensions"]
    assert shops == next(one for one in listed if one["account"] == "shop") and shops["state"] == "offline"


async def test_an_account_that_is_not_there_is_not_one_without_extensions(installation: Installation) -> None:
    status, answer = await installation.admin("GET", "/extensions?account=nobody")
    assert (status, answer) == (404, {"error": "There is no account nobody.", "code": "not_found"})


async def test_an_extension_of_several_accounts_is_named_with_its_account(installation: Installation) -> None:
    for name in ("acme", "shop"):
        await installation.account(name)
        await installation.admin("POST", "/extensions", {"number": "101", "account": name})
    sentence = "Several accounts have an extension 101: give the account, one of acme, shop (--account NAME)."
    wanted = {"error": sentence, "code": "invalid_setting"}
    assert await installation.admin("GET", "/extensions/101/credentials") == (400, wanted)
    assert await installation.admin("DELETE", "/extensions/101") == (400, wanted)
    assert (await installation.admin("DELETE", "/extensions/101?account=acme"))[0] == 204
    assert (await installation.admin("DELETE", "/extensions/101?account=acme"))[0] == 404
    assert (await installation.admin("GET", "/extensions/101/credentials"))[1]["account"] == "shop"
    assert (await installation.admin("DELETE", "/extensions/101"))[0] == 204
    assert (await installation.admin("GET", "/extensions"))[1]["extensions"] == []


async def test_an_extension_and_another_account_s_number_may_have_the_same_digits(installation: Installation) -> None:
    for name in ("acme", "shop"):
        await installation.account(name)
    assert (await installation.admin("POST", "/extensions", {"number": "500", "account": "shop"}))[0] == 201
    number = {"number": "500", "unassigned": True}
    assert (await installation.admin("POST", "/numbers", number | {"account": "shop"}))[0] == 409
    assert (await installation.admin("POST", "/numbers", number | {"account": "acme"}))[0] == 201


async def test_an_extension_belongs_to_a_user_until_that_is_removed(installation: Installation) -> None:
    for name in ("acme", "shop"):
        await installation.account(name)
        for role in ("owner", "member"):
            user = {"email": f"{role}@example.com", "role": role}
            assert (await installation.admin("POST", f"/accounts/{name}/users", user))[0] == 201
    wanted = {"number": "101", "account": "acme", "owner": "Member@example.com"}
    assert (await installation.admin("POST", "/extensions", wanted | {"owner": "eve@example.com"}))[0] == 404
    assert (await installation.admin("POST", "/extensions", wanted))[0] == 201
    assert await _owners(installation) == {"101": "member@example.com"}
    shops = (await installation.admin("GET", "/accounts/shop/users/member@example.com"))[1]["id"]
    assert (await installation.admin("PATCH", "/extensions/101", {"owner": shops}))[0] == 404
    status, changed = await installation.admin("PATCH", "/extensions/101", {"owner": "owner@example.com"})
    assert (status, changed["owner"]) == (200, "owner@example.com")
    assert (await installation.admin("PATCH", "/extensions/101", {"ring_seconds": 20}))[1]["owner"] == changed["owner"]
    assert (await installation.admin("PATCH", "/extensions/101", {"owner": None}))[1]["owner"] is None
    await installation.admin("PATCH", "/extensions/101", {"owner": "member@example.com"})
    assert (await installation.admin("DELETE", "/accounts/acme/users/member@example.com"))[0] == 204
    assert await _owners(installation) == {"101": None}


async def _owners(installation: Installation) -> dict[str, str | None]:
    listed = (await installation.admin("GET", "/extensions"))[1]["extensions"]
    return {one["number"]: one["owner"] for one in listed}


async def _signed_in(installation: Installation, acme: Program, role: str) -> Program:
    await installation.admin("POST", "/accounts/acme/users", {"email": f"{role}@example.com", "role": role})
    _, made = await installation.admin("POST", f"/accounts/acme/users/{role}@example.com/tokens", {})
    return Program(installation, made["token"], acme.account)


async def test_an_account_sets_up_its_own_phones_and_what_they_do_not_take(
    installation: Installation, acme: Program
) -> None:
    status, added = await acme.ask("POST", "/extensions", {"number": "101", "name": "Ann", "webrtc": True})
    assert (status, added["account"]) == (201, "acme")
    assert installation.asterisk.objects["auth", added["user"]]["password"] == added["password"]
    assert (await acme.ask("GET", "/extensions/101/credentials"))[1] == added
    await acme.ask("POST", "/extensions", {"number": "102"})
    settings = {"always": "extension:102", "do_not_disturb": True, "ring_seconds": 15}
    status, changed = await acme.ask("PATCH", "/extensions/101", settings)
    assert status == 200 and changed["always"]["text"] == "extension:102"
    assert (changed["do_not_disturb"], changed["ring_seconds"], changed["name"]) == (True, 15, "Ann")
    assert (await acme.ask("GET", "/extensions/101"))[1] == changed
    listed = (await acme.ask("GET", "/extensions"))[1]["extensions"]
    assert [one["number"] for one in listed] == ["101", "102"] and listed[0] == changed
    status, phones = await acme.ask("PATCH", "/extensions/101/phones", {"max_contacts": 2, "srtp": "required"})
    assert (status, phones["max_contacts"], phones["srtp"]) == (200, 2, "required")
    endpoint = installation.asterisk.objects["endpoint", added["user"]]
    assert (endpoint["media_encryption"], endpoint["media_encryption_optimistic"]) == ("sdes", "no")
    assert "media_encryption" not in installation.asterisk.objects["endpoint", added["browser"]["user"]]
    history = (await acme.ask("GET", "/audit?limit=100"))[1]["audit"]
    by_key = [one["what"] for one in history if one["subject"] == "101"]
    assert sorted(by_key) == ["extension.added", "extension.changed", "extension.diverted"]
    assert (await acme.ask("DELETE", "/extensions/102"))[0] == 204
    assert (await acme.ask("GET", "/extensions/102"))[0] == 404


async def test_an_extension_has_its_own_codecs_digits_caller_and_recordings(
    installation: Installation, acme: Program
) -> None:
    await installation.admin("POST", "/accounts/acme/callers", {"number": "12015559999"})
    given = {"dtmf": "info", "codecs": "G722, ulaw", "outbound_caller": "+1 201 555 9999", "record_external": "both"}
    status, added = await acme.ask("POST", "/extensions", {"number": "101", **given})
    shown = {"dtmf": "info", "codecs": "g722,ulaw", "outbound_caller": "12015559999", "record_external": "both"}
    assert status == 201 and shown.items() <= added.items() and added["record_internal"] == "never"
    assert shown.items() <= (await acme.ask("GET", "/extensions/101"))[1].items()
    usual = {"dtmf": "auto", "codecs": "", "outbound_caller": "", "record_external": "never", "record_internal": "in"}
    status, changed = await acme.ask("PATCH", "/extensions/101/phones", usual)
    assert (status, changed["dtmf"], changed["codecs"], changed["outbound_caller"]) == (200, "auto", None, None)
    assert (changed["record_external"], changed["record_internal"]) == ("never", "in")
    assert installation.asterisk.objects["endpoint", "101"]["allow"] == "ulaw,alaw,g722"


async def test_an_account_never_reaches_the_extensions_of_another(installation: Installation, acme: Program) -> None:
    other = await program(installation, "shop")
    assert (await other.ask("POST", "/extensions", {"number": "101"}))[0] == 201
    for method, path, body in (
        ("GET", "", None), ("PATCH", "", {"do_not_disturb": True}), ("PATCH", "/phones", {"name": "Eve"}),
        ("GET", "/credentials", None), ("DELETE", "", None),
    ):  # fmt: skip
        status, answer = await acme.ask(method, f"/extensions/101{path}", body)
        assert (status, answer["error"]) == (404, "The account acme has no extension 101."), (method, path)
    assert (await acme.ask("GET", "/extensions"))[1] == {"extensions": []}


async def test_a_member_sees_the_password_of_its_own_phone_alone(installation: Installation, acme: Program) -> None:
    member, admin = [await _signed_in(installation, acme, role) for role in ("member", "admin")]
    for number, owner in (("101", "member@example.com"), ("102", None)):
        assert (await admin.ask("POST", "/extensions", {"number": number, "owner": owner}))[0] == 201
    assert (await member.ask("GET", "/extensions/101/credentials"))[0] == 200
    assert (await member.ask("GET", "/extensions/102/credentials"))[0] == 403
    assert (await admin.ask("GET", "/extensions/102/credentials"))[0] == 200
    assert (await member.ask("GET", "/extensions"))[0] == 200
    for method, path, body in (
        ("POST", "", {"number": "103"}), ("PATCH", "/101", {"do_not_disturb": True}),
        ("PATCH", "/101/phones", {"password": "a long new password"}), ("DELETE", "/101", None),
    ):  # fmt: skip
        assert (await member.ask(method, f"/extensions{path}", body))[0] == 403, (method, path)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"number": "1"}, "2 to 6 digits"),
        ({"number": "101", "account": "shop"}, "unknown field `account`"),
        ({"number": "101", "srtp": "zrtp"}, "Invalid enum value 'zrtp'"),
        ({"number": "101", "dtmf": "rfc2833"}, "Invalid enum value 'rfc2833'"),
        ({"number": "101", "codecs": "ulaw,g729"}, "codecs must be of ulaw, alaw, g722 or opus (got 'g729')"),
        (
            {"number": "101", "outbound_caller": "+12015559999"},
            "must be a number that the account owns or has verified",
        ),
        ({"number": "101", "record_internal": "yes"}, "Invalid enum value 'yes'"),
        ({"number": "101", "max_contacts": 11}, "max_contacts must be 1 to 10 (got 11)"),
    ],
)
async def test_a_phone_that_cannot_be_is_refused(acme: Program, body: dict[str, object], words: str) -> None:
    status, answer = await acme.ask("POST", "/extensions", body)
    assert status == 400 and words in answer["error"]
