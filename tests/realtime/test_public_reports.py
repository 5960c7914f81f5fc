"""What users of other realtime servers reported, on ours. Each test names its report."""

from tests.fixtures.connections import listening, talking
from tests.fixtures.live import User


def test_who_is_told_that_it_is_connected_misses_nothing_from_then_on(ann: User) -> None:
    """https://github.com/supabase/supabase-js/issues/1599: for seconds after SUBSCRIBED, changes were lost."""
    for number in range(5):
        with listening(ann.http) as events, talking(ann.live.url, ann.token()) as talk:
            events.take()
            talk.take()
            ann.notify(f"n{number}")
            assert events.take()["title"] == talk.take()["title"] == f"n{number}"


def test_a_stream_without_any_message_is_gone_on_with(ann: User) -> None:
    """https://github.com/socketio/socket.io/issues/4733, 5282: recovery failed where nothing had been received yet."""
    with listening(ann.http) as events:
        events.take()
        quiet = events.last_id
    with talking(ann.live.url, ann.token()) as talk:
        talk.take()
        talk.is_quiet(1.0)
        quiet_too = talk.heartbeats[-1]["cursor"]
    ann.notify("meanwhile")
    for cursor in (quiet, quiet_too):
        with listening(ann.http, {"Last-Event-ID": cursor}) as events:
            events.take()
            assert events.take()["title"] == "meanwhile"
            assert events.is_quiet()


def test_a_stream_is_gone_on_with_as_often_as_it_breaks(ann: User) -> None:
    """https://github.com/socketio/socket.io/issues/4880: the second recovery of a session failed."""
    cursor, got = ann.poll()["cursor"], []
    for number in range(6):
        ann.notify(f"n{number}")
        if number % 2:
            with listening(ann.http, {"Last-Event-ID": cursor}) as events:
                events.take()
                got.append(events.take()["title"])
                cursor = events.last_id
        else:
            with talking(ann.live.url, ann.token(), f"?cursor={cursor}") as talk:
                talk.take()
                frame = talk.take()
                got.append(frame["title"])
                cursor = frame["cursor"]
    assert got == [f"n{number}" for number in range(6)]
    assert ann.poll(cursor, wait=0)["messages"] == []


def test_who_subscribes_on_a_message_does_not_get_it_again(ann: User) -> None:
    """https://github.com/centrifugal/centrifuge-dart/pull/142: the position moved after the message's handler."""
    with talking(ann.live.url, ann.token()) as talk:
        talk.take()
        ann.notify("once")
        assert talk.take()["title"] == "once"
        answer = talk.ask(type="subscribe", channels=["notifications", "activity"])
        assert answer["type"] == "subscription"
        assert talk.is_quiet()
        cursor = answer["cursor"]
    assert ann.poll(cursor, channels="notifications,activity", wait=0)["messages"] == []


def test_an_unknown_id_is_no_silence_and_no_replay_of_everything(ann: User) -> None:
    """https://github.com/dunglas/mercure/issues/704, 586 and pull/1321: a client with an id that the hub does not have
    got nothing for ever, or everything."""
    for number in range(3):
        ann.notify(f"old{number}")
    for id in ("0", "urn:uuid:36d883aa-4015-4241-aaae-bde887c2662e"):
        with listening(ann.http, {"Last-Event-ID": id}) as events:
            events.take()
            assert events.take()["type"] == "reset"
            ann.notify("new")
            assert events.take()["title"] == "new"
