"""Which messages are kept, of which call, and what happens when there are too many."""

import pytest

from engine.features.sip_traces import collector as limits
from engine.features.sip_traces.collector import Collector, Part
from engine.features.sip_traces.hep import Packet
from tests.support.hep import answer, invite, request

US, FAR = "127.0.0.1:5060", "127.0.0.2:5070"


class Collecting:
    """A collector with a clock of its own."""

    def __init__(self) -> None:
        self.now = 100.0
        self.collector = Collector(lambda: self.now)

    def take(self, content: bytes, call_id: str, at: float | None = None) -> None:
        self.collector.take(Packet(self.now if at is None else at, US, FAR, content, call_id))

    def due(self, after: float = 0.0) -> list[Part]:
        self.now += after
        return self.collector.due()


@pytest.fixture
def collecting() -> Collecting:
    return Collecting()


def test_the_messages_of_a_call_are_handed_on_together_once_it_is_set_up(collecting: Collecting) -> None:
    collecting.collector.claim("call_1", "a@b")
    collecting.take(invite("a@b"), "a@b")
    collecting.take(answer("a@b", "200 OK"), "a@b")
    assert collecting.due() == []
    (part,) = collecting.due(after=limits.TOGETHER_SECONDS)
    assert (part.call, part.sip_call_id, len(part.messages), part.gap) == ("call_1", "a@b", 2, False)
    assert collecting.due(after=100) == []


def test_an_invite_that_came_before_its_call_is_known_belongs_to_it(collecting: Collecting) -> None:
    collecting.take(invite("a@b"), "a@b")
    collecting.due(after=9)
    collecting.collector.claim("call_1", "a@b")
    (part,) = collecting.due()
    assert (part.call, [one.content for one in part.messages]) == ("call_1", [invite("a@b")])


def test_what_no_call_claims_is_dropped(collecting: Collecting) -> None:
    collecting.take(invite("a@b"), "a@b")
    assert collecting.due(after=limits.AWAITED_SECONDS) == []
    collecting.collector.claim("call_1", "a@b")
    assert collecting.due(after=100) == []
    assert (collecting.collector.taken, collecting.collector.lost) == (0, 0)


@pytest.mark.parametrize("method", ["REGISTER", "OPTIONS", "MESSAGE", "SUBSCRIBE", "PUBLISH"])
def test_requests_outside_of_calls_and_their_answers_wait_for_no_call(collecting: Collecting, method: str) -> None:
    collecting.take(request("a@b", method), "a@b")
    collecting.take(answer("a@b", "200 OK", method=method), "a@b")
    collecting.collector.claim("call_1", "a@b")
    assert collecting.due(after=100) == []


def test_within_a_call_every_method_is_kept(collecting: Collecting) -> None:
    collecting.collector.claim("call_1", "a@b")
    for content in (invite("a@b"), request("a@b", "OPTIONS"), answer("a@b", "200 OK", method="OPTIONS")):
        collecting.take(content, "a@b")
    assert len(collecting.due(after=5)[0].messages) == 3


def test_each_attempt_of_a_call_has_its_own_call_id(collecting: Collecting) -> None:
    for attempt in ("first@x", "second@x"):
        collecting.collector.claim("call_1", attempt)
        collecting.take(invite(attempt), attempt)
    assert [(part.call, part.sip_call_id) for part in collecting.due(after=5)] == [
        ("call_1", "first@x"),
        ("call_1", "second@x"),
    ]


def test_a_bye_long_after_the_invite_and_its_answer_after_the_end_belong_to_the_call(collecting: Collecting) -> None:
    collecting.collector.claim("call_1", "a@b")
    collecting.take(invite("a@b"), "a@b")
    assert collecting.due(after=7200)
    collecting.take(request("a@b", "BYE"), "a@b")
    collecting.collector.release("call_1")
    collecting.now += limits.LINGER_SECONDS - 1
    collecting.take(answer("a@b", "200 OK", method="BYE"), "a@b")
    (part,) = collecting.due()
    assert (len(part.messages), part.gap) == (2, False)
    collecting.due(after=2)
    collecting.take(request("a@b", "BYE"), "a@b")
    assert collecting.due(after=100) == [], "nothing of a call that has ended is remembered"


def test_a_call_id_that_comes_back_to_us_belongs_to_the_leg_that_came_in_last(collecting: Collecting) -> None:
    collecting.collector.claim("call_out", "a@b")
    collecting.collector.claim("call_in", "a@b")
    collecting.collector.release("call_out")
    collecting.due(after=limits.LINGER_SECONDS + 1)
    collecting.take(request("a@b", "BYE"), "a@b")
    assert collecting.due(after=5)[0].call == "call_in"


def test_a_dialog_that_is_met_in_its_middle_has_a_gap(collecting: Collecting) -> None:
    collecting.collector.claim("call_1", "a@b")
    collecting.take(request("a@b", "BYE"), "a@b")
    assert collecting.due(after=5)[0].gap


def test_a_loss_leaves_a_gap_in_what_was_open(collecting: Collecting) -> None:
    collecting.collector.claim("call_1", "a@b")
    collecting.take(invite("a@b"), "a@b")
    collecting.collector.lose(3)
    assert collecting.due(after=5)[0].gap
    assert collecting.collector.lost == 3
    collecting.take(request("a@b", "BYE"), "a@b")
    assert not collecting.due(after=5)[0].gap


def test_a_call_with_too_many_messages_keeps_the_first_and_counts_the_others(collecting: Collecting) -> None:
    collecting.collector.claim("call_1", "a@b")
    for number in range(2000):
        collecting.take(request("a@b", "INFO", number=number), "a@b")
    (part,) = collecting.due(after=5)
    assert part.size <= limits.LARGEST_OF_CALL < part.size + 1000
    assert len(part.messages) + part.left_out == 2000
    collecting.take(request("a@b", "BYE"), "a@b")
    (part,) = collecting.due(after=5)
    assert (part.messages, part.left_out) == ([], 1)


def test_what_waits_is_bounded_and_what_is_beyond_is_counted(
    collecting: Collecting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_WAITING", 5000)
    for number in range(20):
        collecting.collector.claim(f"call_{number}", f"{number}@b")
        collecting.take(invite(f"{number}@b"), f"{number}@b")
    parts = collecting.due(after=5)
    assert 0 < len(parts) < 20
    assert len(parts) + collecting.collector.lost == 20
    collecting.take(request("19@b", "BYE"), "19@b")
    assert collecting.due(after=5)[0].gap, "its INVITE was lost"


def test_a_flood_that_belongs_to_no_call_costs_calls_nothing(
    collecting: Collecting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_AWAITED", 20_000)
    for number in range(1000):
        collecting.take(invite(f"scan-{number}"), f"scan-{number}")
    collecting.take(invite("a@b"), "a@b")
    collecting.collector.claim("call_1", "a@b")
    (part,) = collecting.due(after=5)
    assert (part.call, part.gap, collecting.collector.lost) == ("call_1", False, 0)


def test_of_calls_that_reach_no_number_only_some_a_second_are_kept(collecting: Collecting) -> None:
    for number in range(50):
        collecting.take(invite(f"{number}@b"), f"{number}@b")
        collecting.collector.claim_unmatched(f"{number}@b")
    parts = collecting.due(after=5)
    assert [part.call for part in parts] == [""] * limits.MOST_UNMATCHED
    assert parts[0].sip_call_id == "0@b"
    collecting.take(invite("later@b"), "later@b")
    collecting.collector.claim_unmatched("later@b")
    assert [part.sip_call_id for part in collecting.due(after=5)] == ["later@b"]


def test_times_that_asterisk_cut_off_do_not_go_back_and_a_clock_that_was_set_does(collecting: Collecting) -> None:
    collecting.collector.claim("call_1", "a@b")
    for at in (10.0006, 10.0, 10.002, 9.5):
        collecting.take(invite("a@b"), "a@b", at=at)
    assert [one.at for one in collecting.due(after=5)[0].messages] == [10.0006, 10.0006, 10.002, 9.5]
