"""The judge of signatures is judged by the two that the vendor has published."""

from tests.clients.sinch.signing import now, signature, signed, wrong

KEY, SECRET = "669E367E-6BBA-48AB-AF15-266871C28135", "BeIukql3pTKJ8RGL5zo0DA=="
BODY = (
    b'{"event":"ace","callid":"822aa4b7-05b4-4d83-87c7-1f835ee0b6f6_257",'
    b'"timestamp":"2014-09-24T10:59:41Z","version":1}'
)


def test_both_published_signatures_come_out() -> None:
    made = signature(
        "JViE5vDor0Sw3WllZka15Q==", "POST", "/v1/sms/+46700000000", b'{"message":"Hello world"}', "application/json",
        "2014-06-04T13:41:58Z",
    )  # fmt: skip
    assert made == "qDXMwzfaxCRS849c/2R0hg0nphgdHciTo7OdM6MsdnM="
    made = signature(SECRET, "POST", "/sinch/callback/ace", BODY, "application/json", "2014-09-24T10:59:41Z")
    assert made == "Tg6fMyo8mj9pYfWQ9ssbx3Tc1BNC87IEygAfLbJqZb4="


def test_a_good_event_passes_and_each_fault_is_named() -> None:
    def judged(path: str = "/ace", body: bytes = BODY, **changed: str) -> str:
        headers = signed(KEY, SECRET, "POST", "/ace", BODY)
        headers["Authorization"] = headers["Authorization"].replace("Application", "application")
        renamed = {name.replace("_", "-"): value for name, value in changed.items()}
        return wrong({KEY: SECRET}, path, body, headers | renamed)

    assert judged() == ""
    assert "does not fit" in judged(path="/dice")
    assert "does not fit" in judged(body=BODY + b" ")
    assert "does not fit" in judged(Content_Type="application/json; charset=utf-8")
    assert "Content-Type" in judged(Content_Type="text/plain")
    assert "Authorization" in judged(Authorization=f"Application {KEY}:x")
    assert "not ours" in judged(Authorization="application 11983f76:x")
    assert "from now" in judged(x_timestamp="2014-09-24T10:59:41Z")
    assert "x-timestamp" in judged(x_timestamp=now().replace("Z", ".5Z"))
