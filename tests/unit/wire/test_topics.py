from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire import topics
from wire.errors import BadTopic
from wire.topics import Direction, Topic

DEVICES = st.from_regex(r"[A-Za-z0-9._-]{1,64}", fullmatch=True)


@given(DEVICES, st.sampled_from(topics.UP_CHANNELS))
def test_what_goes_up_is_read_back(device: str, channel: str) -> None:
    assert topics.parse(topics.up(device, channel)) == Topic(device, Direction.UP, channel)


@given(DEVICES, st.sampled_from(topics.DOWN_CHANNELS))
def test_what_goes_down_is_read_back(device: str, channel: str) -> None:
    assert topics.parse(topics.down(device, channel)) == Topic(device, Direction.DOWN, channel)


@given(st.text())
def test_any_text_is_a_topic_or_a_bad_topic(text: str) -> None:
    try:
        topic = topics.parse(text)
    except BadTopic:
        return
    assert text == f"vop/v1/{topic.device}/{topic.direction}/{topic.channel}"


@pytest.mark.parametrize(
    "topic",
    [
        "",
        "vop/v1/d1/up",
        "vop/v1/d1/up/telemetry/more",
        "vop/v2/d1/up/telemetry",
        "/vop/v1/d1/up/telemetry",
        "vop/v1//up/telemetry",
        "vop/v1/d1/sideways/telemetry",
        "vop/v1/d1/UP/telemetry",
        "vop/v1/d1/up/command",
        "vop/v1/d1/down/telemetry",
        "vop/v1/+/up/telemetry",
        "vop/v1/d 1/up/telemetry",
        "vop/v1/d1\n/up/telemetry",
        "vop/v1/" + "d" * 65 + "/up/telemetry",
        "vop/v1/dé/up/telemetry",
    ],
)
def test_other_topics_are_bad(topic: str) -> None:
    with pytest.raises(BadTopic):
        topics.parse(topic)


@pytest.mark.parametrize("device", ["", "#", "+", "a/b", "d" * 65, "d1\n"])
def test_no_topic_is_made_for_a_bad_device(device: str) -> None:
    with pytest.raises(BadTopic):
        topics.up(device, "telemetry")


def test_a_long_topic_is_not_repeated_whole() -> None:
    with pytest.raises(BadTopic) as caught:
        topics.parse("x" * 10_000)
    assert len(str(caught.value)) < 300


def test_share() -> None:
    assert topics.share("ingest", topics.UP_FILTER) == "$share/ingest/vop/v1/+/up/#"


@pytest.mark.parametrize("group", ["", "a/b", "a+", "#"])
def test_share_names_are_checked(group: str) -> None:
    with pytest.raises(BadTopic):
        topics.share(group, topics.UP_FILTER)
