"""Mails of events: what is in them, and what the settings of the mail server may be."""

from email import message_from_string, policy

import pytest

from api.callbacks import mail_budget
from api.callbacks.mail import BadMailServer, MailServer, kind_of, mail_of
from api.callbacks.mail_budget import MailBudget
from api.settings import SettingsError, read

MESSAGE = {
    "type": "call.ended",
    "id": "event-1",
    "timestamp": "2030-01-31T23:59:59.123Z",
    "data": {"call": "call-1", "caller": "12015550101", "callee": "12015550100", "outcome": {"type": "stopped"}},
}
NEEDED = {"CARILLON_ADMIN_TOKEN": "t", "CARILLON_ARI_PASSWORD": "p", "CARILLON_SECRET": "s"}


def test_a_mail_says_what_happened_to_whom() -> None:
    text = mail_of(MESSAGE)
    mail = message_from_string(text, policy=policy.default)
    assert mail["Subject"] == "call.ended 12015550101 to 12015550100" and kind_of(text) == "call.ended"
    assert mail.get_content().splitlines() == [
        "event: call.ended", "id: event-1", "time: 2030-01-31T23:59:59.123Z", "call: call-1", "caller: 12015550101",
        "callee: 12015550100", "outcome.type: stopped",
    ]  # fmt: skip


def test_the_subject_of_a_text_names_who_sent_it_and_to_whom() -> None:
    data = {
        "message": "message-1",
        "sender": "12015550140",
        "recipient": "12015552000",
        "text": "a\nBcc: b@example.com",
    }
    mail = message_from_string(mail_of({**MESSAGE, "type": "message.received", "data": data}), policy=policy.default)
    assert mail["Subject"] == "message.received 12015550140 to 12015552000"
    assert mail.get_content().splitlines()[-1] == "text: a Bcc: b@example.com"


def test_each_line_of_a_mail_ends_in_crlf() -> None:
    text = mail_of(MESSAGE)
    assert text.count("\n") == text.count("\r\n") > 8


@pytest.mark.parametrize(
    "caller", ["1\r\nBcc: bob@example.com", "1\nBcc: bob@example.com", "1\x0bBcc: b", "1\u2028Bcc: b"]
)
def test_a_line_break_in_what_a_caller_sends_adds_no_header(caller: str) -> None:
    message = {**MESSAGE, "data": {"caller": caller, "callee": caller}}
    mail = message_from_string(mail_of(message), policy=policy.default)
    assert mail["Bcc"] is None and "Bcc" in str(mail["Subject"])
    assert len(mail.get_content().splitlines()) == 5


def test_a_text_of_another_script_and_a_very_long_one_are_carried() -> None:
    message = {**MESSAGE, "data": {"caller": "Jürgen ☎ 電話", "reason": "x" * 100_000}}
    text = mail_of(message)
    mail = message_from_string(text, policy=policy.default)
    assert mail["Subject"] == "call.ended Jürgen ☎ 電話" and "caller: Jürgen ☎ 電話" in mail.get_content()
    assert len(text) < 5000 and text.isascii()


def test_settings_of_a_mail_server_are_read() -> None:
    assert MailServer.read("", "") is None
    sender = "Carillon <c@example.com>"
    plain = MailServer.read("smtp://mail.example.com", sender)
    assert plain == MailServer("mail.example.com", 25, sender, None, None, False)
    signed_in = MailServer.read("smtps://ann:p%40ss@mail.example.com", sender)
    assert signed_in == MailServer("mail.example.com", 465, sender, "ann", "p@ss", True)


@pytest.mark.parametrize(
    ("url", "sender"),
    [
        ("http://host", "a@b"),
        ("host:25", "a@b"),
        ("smtp://", "a@b"),
        ("smtp://host:x", "a@b"),
        ("smtp://host", "nobody"),
    ],
)
def test_settings_that_cannot_be_are_a_sentence(url: str, sender: str) -> None:
    with pytest.raises(BadMailServer, match="CARILLON_SMTP_URL"):
        MailServer.read(url, sender)
    with pytest.raises(SettingsError, match="CARILLON_SMTP_URL"):
        read(NEEDED | {"CARILLON_SMTP_URL": url, "CARILLON_SMTP_FROM": sender})


def test_the_password_is_among_the_secrets_that_no_log_holds() -> None:
    url = {"CARILLON_SMTP_URL": "smtp://ann:p%40ss@host", "CARILLON_SMTP_FROM": "a@b"}
    assert "p@ss" in read(NEEDED | url).secrets


class TestBudget:
    """How many mails are sent within an hour."""

    def test_an_address_gets_so_many_an_hour_from_all_accounts(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(mail_budget, "MOST_TO_AN_ADDRESS", 3)
        now = [0.0]
        budget = MailBudget(lambda: now[0])
        assert [budget.take(account, "ann@example.com") for account in ("a", "b", "a")] == [None] * 3
        now[0] = 3599.0
        refusal = budget.take("c", "ann@example.com")
        assert refusal is not None and "3 mails an hour" in refusal
        assert budget.take("c", "bob@example.com") is None
        now[0] = 3600.0
        assert budget.take("c", "ann@example.com") is None

    def test_an_account_sends_so_many_an_hour_however_many_addresses_it_has(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(mail_budget, "MOST_OF_AN_ACCOUNT", 3)
        budget = MailBudget(lambda: 0.0)
        taken = [budget.take("a", f"{number}@example.com") is None for number in range(5)]
        assert taken == [True] * 3 + [False] * 2
        assert budget.take("b", "ann@example.com") is None

    def test_a_mail_that_was_not_sent_counts_for_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(mail_budget, "MOST_TO_AN_ADDRESS", 1)
        budget = MailBudget(lambda: 0.0)
        for _ in range(3):
            assert budget.take("a", "ann@example.com") is None
            budget.give_back("a", "ann@example.com")
