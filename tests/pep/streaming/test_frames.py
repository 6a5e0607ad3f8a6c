"""The frame watch knows where a frame ends, however the bytes arrive."""

import struct

from hypothesis import given
from hypothesis import strategies as st

from panshi.pep.streaming.frames import CLOSE, EventWatch, FrameWatch

OPCODES = st.sampled_from([0x0, 0x1, 0x2, 0x8, 0x9, 0xA])


def frame(opcode, payload, *, masked):
    size = len(payload)
    head = bytes((0x80 | opcode,))
    bit = 0x80 if masked else 0
    if size < 126:
        head += bytes((bit | size,))
    elif size < 65536:
        head += bytes((bit | 126,)) + struct.pack("!H", size)
    else:
        head += bytes((bit | 127,)) + struct.pack("!Q", size)
    return head + (b"mask" if masked else b"") + payload


@given(
    st.lists(st.tuples(OPCODES, st.sampled_from([0, 1, 125, 126, 300, 65535, 65536]))),
    st.booleans(),
    st.lists(st.integers(1, 70_000), min_size=1, max_size=30),
)
def test_frames_are_counted_and_ended_however_they_are_cut(frames, masked, steps):
    watch, stream, ends = FrameWatch(), b"", {0}
    for opcode, size in frames:
        stream += frame(opcode, b"x" * size, masked=masked)
        ends.add(len(stream))
    at, turn = 0, 0
    while at < len(stream):
        step = steps[turn % len(steps)]
        watch.feed(stream[at : at + step])
        at, turn = min(at + step, len(stream)), turn + 1
        assert watch.between == (at in ends)
    assert watch.data_frames == sum(opcode < 8 for opcode, _ in frames)
    assert watch.closed == any(opcode == CLOSE for opcode, _ in frames)
    assert not watch.broken


@given(st.binary(max_size=300))
def test_any_bytes_are_followed_without_an_error(data):
    FrameWatch().feed(data)


@given(st.lists(st.sampled_from([b"data: a\n\n", b"id: 1\r\ndata: b\r\n\r\n", b": c\n\n"])))
def test_events_end_at_blank_lines(events):
    watch = EventWatch()
    for each in events:
        watch.feed(each)
        assert watch.between
        watch.feed(each[:-3])
        assert not watch.between
        watch.feed(each[-3:])
