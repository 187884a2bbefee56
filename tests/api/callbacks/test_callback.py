"""The parsing of addresses, for all dialects, and the subject of a callback's body."""

import pytest

from api.callbacks.callback import FORM, QUERY, BadAddress, action_of, address, query


@pytest.mark.parametrize("url", ["http://ann:secret@host/", "http://ann@host/", "http://:x@host/", "http://@host/"])
def test_an_address_of_signed_requests_with_a_user_is_refused_without_showing_the_password(url: str) -> None:
    with pytest.raises(BadAddress, match="must not have a user or a password, such as user:password@host") as refused:
        address(url)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("url", ["http://ann:secret@host/", "http://ann:p%40ss@host:81/x?y", "http://:token@host/"])
def test_an_address_of_unsigned_requests_may_have_a_user_and_a_password(url: str) -> None:
    assert str(address(url, credentials=True)) == url


def test_a_user_with_a_colon_cannot_be_sent() -> None:
    with pytest.raises(BadAddress, match="colon"):
        address("http://a%3Ab:secret@host/", credentials=True)


def test_an_at_sign_elsewhere_is_not_a_user() -> None:
    assert str(address("http://host/a@b?c=d@e")) == "http://host/a@b?c=d@e"


@pytest.mark.parametrize(
    ("content_type", "body", "action"),
    [
        (FORM, "action=PlayStart&callId=1", "PlayStart"),
        ("application/json", '{"event":"dice","callid":"1"}', "dice"),
        ("application/json", "[1]", ""),
        ("application/json", "no json", ""),
        (FORM, "callId=1", ""),
        (FORM, "", ""),
    ],
)
def test_a_callback_is_named_by_its_body(content_type: str, body: str, action: str) -> None:
    assert action_of(content_type, body) == action


@pytest.mark.parametrize(
    ("url", "whole"),
    [
        ("http://host/a", "http://host/a?status=DONE&tag=a+b"),
        ("http://host/a?b=c", "http://host/a?b=c&status=DONE&tag=a+b"),
        ("http://host/a?", "http://host/a?status=DONE&tag=a+b"),
        ("http://host/a?b=c#d", "http://host/a?b=c&status=DONE&tag=a+b#d"),
    ],
)
def test_a_callback_by_get_has_its_fields_behind_the_query_of_its_url(url: str, whole: str) -> None:
    made = query(url, {"status": "DONE", "tag": "a b"})
    assert (made.url, made.content_type) == (whole, QUERY)
    assert action_of(made.content_type, made.body) == "DONE"
