"""What is packed comes out byte for byte, for ever; what cannot come out says so, and makes no room for more."""

from __future__ import annotations

from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest
import zstandard

from contracts import samples
from contracts.envelope import LANES
from contracts.packing import Unpackable, codec, expanded, pack, squeezed, unpack
from contracts.packing.train import trained

SAMPLES = [samples.read(path.read_bytes()) for path in sorted(Path("contracts/schemas/samples").glob("*.json"))]


def test_every_event_comes_out_byte_for_byte():
    assert len(SAMPLES) > 150
    plain = packed = 0
    for sample in SAMPLES:
        told = bytes(sample.metadata), bytes(sample.body)
        stored = pack(*told)
        assert unpack(stored) == told
        plain, packed = plain + sum(map(len, told)), packed + len(stored)
    assert packed < plain / 2, f"{packed} of {plain} bytes: the dictionary does not know how events look"


def test_what_was_stored_before_is_read_as_it_is():
    for sample in SAMPLES:
        told = bytes(sample.metadata), bytes(sample.body)
        assert unpack(b"\n".join(told)) == told


def test_what_was_packed_with_older_words_is_read():
    told = bytes(SAMPLES[0].metadata) + b"\n" + bytes(SAMPLES[0].body)
    whole = b"\1" + codec._compressor(1).compress(told)
    assert expanded(whole) == expanded(squeezed(told, 1)) == told
    assert len(whole) - len(squeezed(told, 1)) == codec.HEAD_BYTES, "the head of its only block is left out"


def test_any_json_can_be_packed_with_and_without_words():
    chance = b'"' + Random(1).randbytes(80_000).hex().encode() + b'"'
    for text in (b"{}", b"null", b'"\xe4\xba\xba"', b"[" + b"1," * 50_000 + b"1]", chance):
        assert expanded(text) == text
        assert all(expanded(squeezed(text, number)) == text for number in (codec.BARE, *codec.DICTIONARIES))


def test_edited_dictionary_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    assert {path.stem for path in codec.HOME.glob("*.zdict")} == {str(number) for number in codec.DICTIONARIES}
    for number, digest in codec.DICTIONARIES.items():
        words = (codec.HOME / f"{number}.zdict").read_bytes()
        assert sha256(words).hexdigest() == digest
        (tmp_path / f"{number}.zdict").write_bytes(words + b"\n")
    monkeypatch.setattr(codec, "HOME", tmp_path)
    with pytest.raises(Unpackable, match="was edited"):  # the mutant: nobody looks
        codec._dictionary(codec.EVENTS)


@pytest.mark.parametrize(
    "damage",
    [
        lambda packed: b"",
        lambda packed: bytes([31]) + packed[1:],
        lambda packed: packed[:-1],
        lambda packed: packed[:1] + b"\xff" * 8,
        lambda packed: squeezed(b"{}"),
        lambda packed: b"x",
    ],
    ids=["nothing", "no such dictionary", "cut off", "no frame", "no body", "plain, no body"],
)
def test_damage_is_named(damage):
    sample = SAMPLES[0]
    with pytest.raises(Unpackable):
        unpack(damage(pack(bytes(sample.metadata), bytes(sample.body))))


def test_nothing_grows_without_a_limit():
    with pytest.raises(ValueError, match="more than is packed"):
        squeezed(b" " * (codec.PLAIN_BYTES_MAX + 1))
    with pytest.raises(Unpackable):  # four bytes of every hundred kilobytes
        expanded(b"\0" + codec._compressor(codec.BARE).compress(b" " * (codec.PLAIN_BYTES_MAX + 1)))


def test_a_dictionary_is_made_of_the_lines_of_a_ledger():
    lines = [b'{"seq":%d,"metadata":%b,"body":%b}' % (n, s.metadata, s.body) for n, s in enumerate(SAMPLES * LANES)]
    words = zstandard.ZstdCompressionDict(trained(lines))
    assert len(words) <= codec.PLAIN_BYTES_MAX
    assert trained(lines) == words.as_bytes()
    cases = [b'{"case_id":"%d","state":"classified","unit":"RSJ"}\n' % n for n in range(1_000)]
    assert b'"state":"classified"' in trained(cases, 1_024)


def test_no_room_is_made_for_what_a_frame_says_of_itself():
    """Some bytes say that they are a hundred thousand terabytes: whoever writes them takes nobody's memory."""
    said = b"\0\xf6%\xa7x\x036\x83\x97\xc6\xa2^r\xacn\t\xfc\x94\xad\x97\xd0\xd9\x1e\xea_\xfb\x01t}p\xcc\xdf"
    with pytest.raises(Unpackable, match="larger than anything"):
        expanded(said)
    random = Random(1)
    for _ in range(2_000):
        with suppress(Unpackable):
            expanded(bytes([0]) + random.randbytes(31))
