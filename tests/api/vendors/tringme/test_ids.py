"""TringMe's ids: cookies, and the calls of an operation."""

from api.vendors.tringme.ids import calls_of, conference_number, cookie_of, new_operation


def test_a_cookie_is_31_digits_made_of_the_secret() -> None:
    cookies = {cookie_of(secret) for secret in ("one", "two", "three")}
    assert len(cookies) == 3 and all(len(cookie) == 31 and cookie.isdigit() for cookie in cookies)
    assert cookie_of("one") == cookie_of("one")
    assert len({cookie_of("one"), cookie_of("one", "user-1"), cookie_of("one", "user-2")}) == 3
    assert len(conference_number("room-1")) == 31 and conference_number("room-1") != conference_number("room-2")


def test_an_operation_names_its_calls() -> None:
    one, three = new_operation(1), new_operation(3)
    assert calls_of(one) == (one,)
    base = three.removesuffix(".of3")
    assert calls_of(three) == (f"{base}.1", f"{base}.2", f"{base}.3")
    assert calls_of(f"{base}.2") == (f"{base}.2",)
    for other in ("message-1", "call-1.of", "call-1.of9999", "call-1.ofx", ""):
        assert calls_of(other) == ()
