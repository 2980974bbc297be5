"""What looks through a file, as a process of its own: whoever wrote the file may have meant to harm whoever reads it.

It holds no key, writes no file and knows nothing of Huiyin: it asks whoever has started it for bytes of the file, and
answers with what is wrong with it and, of a picture, with another picture. Its memory, its time and what it may write
are limited by the kernel before it reads the first byte. It imports nothing of ours, so that it can be started bare.

    asks     R <offset: 8> <length: 4>          is answered with <length: 4> <bytes>
    answers  D <length: 4> <fault or nothing>   <length: 4> <picture>
"""

from __future__ import annotations

import codecs
import io
import os
import re
import stat
import struct
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import pairwise
from typing import Any, BinaryIO, Final

HEAD_BYTES: Final = 1_024
TAIL_BYTES: Final = 65_557
"""How far from its end the directory of a ZIP may begin to end: its comment has 65,535 bytes at most."""
BLOCK_BYTES: Final = 262_144

MEMORY_BYTES_MAX: Final = 512 * 1024 * 1024
"""What it may take of addresses, most of which are libraries that several processes share."""
SECONDS_MAX: Final = 30
"""Of processor time."""
FILES_MAX: Final = 32

DECODED_BYTES_MAX: Final = 128 * 1024 * 1024
"""How long a picture may be unpacked: an A4 page in colour at 600 dpi has 105 MB."""
SIDE_PIXELS_MAX: Final = 4_096
"""How large the picture is that is shown: an A4 page at 350 dpi. JPEG is unpacked no larger than that."""
JPEG_PIXELS_MAX: Final = 200_000_000
PAGES_MAX: Final = 100
QUALITY: Final = 88
COPY_BYTES_MAX: Final = 32 * 1024 * 1024

ENDS_MAX: Final = 8
ENTRIES_MAX: Final = 5_000
UNPACKED_BYTES_MAX: Final = 1024 * 1024 * 1024
RATIO_MAX: Final = 200
"""How many times its packed size something may have; text of a page layout has thirty."""
RATIO_FROM_BYTES: Final = 1024 * 1024
"""From which size on that is asked: what is small harms nobody."""

OTHER_KIND: Final = "other_kind"
BROKEN: Final = "broken"
TOO_BIG: Final = "too_big"
UNSAFE: Final = "unsafe"

PAGES: Final = b"%PDF-"
_NO_PAGES: Final = frozenset({"ofd", "mp3", "m4a", "wav", "amr"})
"""What is given as it came, and is no PDF wherever that may begin."""
_PICTURES: Final = {"jpeg": "JPEG", "png": "PNG", "tiff": "TIFF"}
_BRANDS: Final = frozenset({b"M4A ", b"M4B ", b"mp41", b"mp42", b"isom", b"iso2", b"dash", b"3gp4", b"3gp5", b"3gp6"})
_LAYER_3: Final = frozenset(b"\xff" + bytes([version]) for version in (0xE2, 0xE3, 0xF2, 0xF3, 0xFA, 0xFB))
"""How a frame of MPEG audio begins, version 2.5, 2 or 1, with or without a check sum."""
_NO_TEXT: Final = (b"MZ", b"\x7fELF", b"PK\x03\x04", b"%PDF-", b"\xff\xd8\xff", b"#!")
_BEGINNINGS: Final[dict[str, Callable[[bytes], bool]]] = {
    "pdf": lambda head: head.startswith((b"%PDF-1.", b"%PDF-2.")),
    "ofd": lambda head: head.startswith(b"PK\x03\x04"),
    "jpeg": lambda head: head.startswith(b"\xff\xd8\xff"),
    "png": lambda head: head.startswith(b"\x89PNG\r\n\x1a\n"),
    "tiff": lambda head: head.startswith((b"II*\0", b"MM\0*")),
    "mp3": lambda head: head.startswith(b"ID3") or head[:2] in _LAYER_3,
    "m4a": lambda head: head[4:8] == b"ftyp" and head[8:12] in _BRANDS,
    "wav": lambda head: head.startswith(b"RIFF") and head[8:12] == b"WAVE",
    "amr": lambda head: head.startswith((b"#!AMR\n", b"#!AMR-WB\n")),
    "text": lambda head: b"\0" not in head and not head.startswith(_NO_TEXT),
}
"""How the files of a kind begin: what a name or a sender says of one decides nothing."""
_END: Final = b"PK\x05\x06"
_ENTRY: Final = b"PK\x01\x02"
_OF_OTHERS: Final = frozenset({
    "[content_types].xml", "meta-inf/manifest.mf", "meta-inf/manifest.xml", "androidmanifest.xml", "mimetype",
})  # fmt: skip
"""By what others know their packages: an office document, a program, a book."""
_UNSEEN: Final = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_DRIVE: Final = re.compile(r"[A-Za-z]:")


class Unfit(Exception):
    """What is wrong with the file, in one of the words above."""


def begins_as(kind: str, head: bytes) -> bool:
    """Return whether the first bytes of a file are those of its kind."""
    return _BEGINNINGS[kind](head)


def examined(kind: str, file: BinaryIO) -> bytes:
    """Return the picture that is shown in place of one, else nothing. Raises ``Unfit``."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    if not begins_as(kind, head := file.read(HEAD_BYTES)):
        raise Unfit(OTHER_KIND)
    if kind in _NO_PAGES and PAGES in head:
        raise Unfit(UNSAFE)  # readers look for it in all of that
    file.seek(max(0, size - TAIL_BYTES))
    tail = file.read(TAIL_BYTES)
    file.seek(0)
    if kind in _PICTURES:
        return _pictured(file, kind)
    if kind == "ofd":
        _must_be_a_harmless_package(file, tail)
    elif _is_a_package(file, size, tail):
        raise Unfit(UNSAFE)  # it is two things at once
    elif kind == "pdf" and b"%%EOF" not in tail[-2_048:]:
        raise Unfit(BROKEN)
    elif kind == "text":
        _must_be_text(file)
    return b""


def _is_a_package(file: BinaryIO, size: int, tail: bytes) -> bool:
    """Return whether a reader finds the directory of a ZIP in a file, whatever stands behind it; the last are asked.

    Where there are more of them than anybody has by chance, somebody hides one.
    """
    end = len(tail)
    for _ in range(ENDS_MAX):
        if (end := tail.rfind(_END, 0, end)) < 0:
            return False
        file.seek(max(0, size - len(tail) + end - int.from_bytes(tail[end + 12 : end + 16], "little")))
        if file.read(4) == _ENTRY:
            return True
    return True


def _ends_as_a_package(tail: bytes) -> bool:
    """Return whether a directory of a ZIP ends where the file does."""
    at = tail.rfind(_END)
    return at >= 0 and len(tail) >= at + 22 and at + 22 + int.from_bytes(tail[at + 20 : at + 22], "little") == len(tail)


def _must_be_a_harmless_package(file: BinaryIO, tail: bytes) -> None:
    """Look at what an OFD says that is in it; nothing of it is unpacked. Raises ``Unfit``."""
    if not _ends_as_a_package(tail):
        raise Unfit(BROKEN)
    if int.from_bytes(tail[tail.rfind(_END) + 10 :][:2], "little") > ENTRIES_MAX:
        raise Unfit(TOO_BIG)
    try:
        with zipfile.ZipFile(file) as package:
            entries = package.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError, struct.error) as error:
        raise Unfit(BROKEN) from error
    if len(entries) > ENTRIES_MAX or sum(one.file_size for one in entries) > UNPACKED_BYTES_MAX:
        raise Unfit(TOO_BIG)
    names = [one.filename for one in entries]
    if any(one.file_size > max(RATIO_FROM_BYTES, RATIO_MAX * one.compress_size) for one in entries):
        raise Unfit(TOO_BIG)
    if "OFD.xml" not in names:
        raise Unfit(OTHER_KIND)
    if not _OF_OTHERS.isdisjoint(name.replace("\\", "/").lower() for name in names):
        raise Unfit(UNSAFE)
    starts = sorted((one.header_offset, one.compress_size) for one in entries)
    overlap = any(at + size > following for (at, size), (following, _) in pairwise(starts))
    if overlap or starts[0][0] != 0 or len({*names}) < len(names) or any(map(_leads_out, entries)):
        raise Unfit(UNSAFE)


def _leads_out(entry: zipfile.ZipInfo) -> bool:
    """Return whether an entry would be written elsewhere than where it is unpacked, or is no plain file."""
    name, mode = entry.orig_filename, entry.external_attr >> 16
    special = stat.S_IFMT(mode) not in {0, stat.S_IFREG, stat.S_IFDIR}
    parts = name.replace("\\", "/").split("/")
    return special or ".." in parts or name[:1] in {"/", "\\"} or bool(_DRIVE.match(name)) or "\0" in name


def _must_be_text(file: BinaryIO) -> None:
    """Raises ``Unfit`` for what is text in none of the encodings in which people write here."""
    for encoding in ("utf-8", "gb18030"):
        file.seek(0)
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            while block := file.read(BLOCK_BYTES):
                if _UNSEEN.search(decoder.decode(block)):
                    raise Unfit(OTHER_KIND)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return
    raise Unfit(OTHER_KIND)


def _pictured(file: BinaryIO, kind: str) -> bytes:
    """Return a picture that shows the same and was never in anybody's hands. Raises ``Unfit``."""
    from PIL import Image  # noqa: PLC0415  # whoever only asks for a kind needs none of it

    Image.MAX_IMAGE_PIXELS = None  # it is asked here, before anything is unpacked
    try:
        with Image.open(file, formats=[_PICTURES[kind]]) as picture:
            pages = min(getattr(picture, "n_frames", 1), PAGES_MAX + 1) if kind == "tiff" else 1
            if pages > PAGES_MAX:
                raise Unfit(TOO_BIG)
            first = _plain(picture)
            out = io.BytesIO()
            if pages == 1:
                first.save(out, "JPEG", quality=QUALITY)
            else:
                first.save(out, "PDF", save_all=True, append_images=_further(picture, pages), quality=QUALITY)
    except Unfit:
        raise
    except MemoryError as error:
        raise Unfit(TOO_BIG) from error
    except Exception as error:  # a decoder of pictures raises whatever it likes
        raise Unfit(BROKEN) from error
    if out.tell() > COPY_BYTES_MAX:
        raise Unfit(TOO_BIG)
    return out.getvalue()


def _further(picture: Any, pages: int) -> Iterator[Any]:  # noqa: ANN401  # Pillow's
    for n in range(1, pages):
        picture.seek(n)
        yield _plain(picture)


def _plain(picture: Any) -> Any:  # noqa: ANN401  # Pillow's
    """Return what a picture shows, upright, and nothing of what was written beside it. Raises ``Unfit``."""
    from PIL import Image, ImageOps  # noqa: PLC0415

    width, height = picture.size
    if picture.format == "JPEG" and width * height <= JPEG_PIXELS_MAX:
        picture.draft("RGB", (SIDE_PIXELS_MAX, SIDE_PIXELS_MAX))  # unpacked at a half, a quarter or an eighth
        width, height = picture.size
    if width * height * len(picture.getbands()) > DECODED_BYTES_MAX:
        raise Unfit(TOO_BIG)
    picture.load()
    shown = picture
    if max(shown.size) > SIDE_PIXELS_MAX:
        if shown.mode in {"1", "P"}:  # so that lines do not vanish
            shown = shown.convert("L" if shown.mode == "1" else "RGBA")
        shown = shown.copy() if shown is picture else shown
        shown.thumbnail((SIDE_PIXELS_MAX, SIDE_PIXELS_MAX), reducing_gap=2.0)
    orientation = picture.getexif()
    if orientation.get(0x0112, 1) != 1:
        shown.info["exif"] = orientation.tobytes()
        shown = ImageOps.exif_transpose(shown)
    if shown.mode in {"RGBA", "LA", "PA"} or "transparency" in shown.info:
        over = shown.convert("RGBA")
        shown = Image.new("RGB", over.size, "white")
        shown.paste(over, mask=over.getchannel("A"))
    plain = Image.new("L" if shown.mode in {"1", "L"} else "RGB", shown.size)
    plain.paste(shown.convert(plain.mode))
    return plain


class Asked(io.RawIOBase):
    """The file, whose bytes are asked for as they are wanted."""

    def __init__(self, size: int, asks: BinaryIO, answers: BinaryIO) -> None:
        super().__init__()
        self._size, self._asks, self._answers, self._at = size, asks, answers, 0

    def seekable(self) -> bool:
        """It is."""
        return True

    def readable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go on elsewhere."""
        self._at = max(0, offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence])
        return self._at

    def readinto(self, into: Any) -> int:  # noqa: ANN401  # a buffer
        """Ask for what follows."""
        wanted = max(0, min(len(into), self._size - self._at, BLOCK_BYTES))
        if wanted == 0:
            return 0
        self._asks.write(b"R" + struct.pack(">QI", self._at, wanted))
        self._asks.flush()
        [length] = struct.unpack(">I", self._answers.read(4))
        into[:length] = self._answers.read(length)
        self._at += length
        return int(length)


def _limit() -> None:
    """Take no more than this, whatever the file wants."""
    import resource  # noqa: PLC0415  # where there is none, nothing is examined

    if sys.platform != "linux":
        return  # others do not keep to these
    for what, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES_MAX), (resource.RLIMIT_CPU, SECONDS_MAX), (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0), (resource.RLIMIT_NOFILE, FILES_MAX),
    ):  # fmt: skip
        resource.setrlimit(what, (most, most))


def main() -> None:
    """Look through one file: its kind and its size are told on the command line."""
    kind, size = sys.argv[1], int(sys.argv[2])
    answers, asks = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    _limit()
    fault, picture = b"", b""
    try:
        picture = examined(kind, io.BufferedReader(Asked(size, asks, answers), BLOCK_BYTES))
    except Unfit as error:
        fault = str(error).encode()
    except MemoryError:
        fault = TOO_BIG.encode()
    with suppress(BrokenPipeError):
        asks.write(b"D" + struct.pack(">I", len(fault)) + fault + struct.pack(">I", len(picture)) + picture)
        asks.flush()


if __name__ == "__main__":
    main()
