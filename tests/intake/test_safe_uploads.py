"""Promise 41: what is handed in harms nobody: it is streamed, kept from everybody until it was looked through, and never run.

Files that were made to do harm are handed in: what is two things at once, what says it is something else, what is small
and becomes enormous, what leads out of its folder, what a camera has written a place into, a virus.
"""

from __future__ import annotations

import asyncio
import io
import os
import struct
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Final, NamedTuple

import httpx2
import pytest
import pytest_asyncio
from PIL import Image

from contracts.vocabulary import FileFault, FileMedia
from services.intake.application import giving, quarantine
from services.intake.domain.files import File, FileWithheld, InQuarantine
from services.intake.files import examiner
from services.intake.files.examiner import examined as looked_at
from services.intake.files.examining import Examined
from tests.harness import BUREAU, Servers, System, system
from tests.intake.uploads import (
    EICAR,
    LINK,
    PLACE,
    Clamd,
    Sender,
    examined,
    flood,
    growth_mb,
    m4a,
    mp3,
    ofd,
    pdf,
    petitioner,
    photo,
    row_of,
    scan,
    screenshot,
    wav,
)
from tests.rules import refused
from tests.sizes import size
from tests.steps import ok, open_county

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]

UPLOAD_MB: Final = size("UPLOAD_MB", 96, 200)
MEMORY_MB_MAX: Final = 64
EXAMINER_MB_MAX: Final = 100
STALL_SECONDS_MAX: Final = 0.05
ARCHIVE: Final = ofd({"word/vbaProject.bin": b"Sub AutoOpen()", "word/document.xml": b"<w/>"})
PAGE: Final = b"<html><script>alert(document.cookie)</script></html>"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def clamd() -> AsyncIterator[Clamd]:
    async with Clamd() as one:
        yield one


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers, clamd: Clamd) -> AsyncIterator[System]:
    async with open_county(servers, clamd=clamd.address) as made:
        await made.enter({"code": BUREAU, "name": "县信访局", "kind": "petition_bureau", "competent": False})
        yield made


async def sender(county: System) -> Sender:
    return Sender(county, (await county.register())["case_id"], actor=f"clerk-{os.urandom(4).hex()}")


# ------------------------------------------------------------------------------------------- what does harm


def package(names: list[str]) -> bytes:
    return ofd(dict.fromkeys(names, b"x"))


def bomb() -> bytes:
    """Of each byte a thousand come."""
    return ofd({"Doc_0/Pages/Page_0/Content.xml": bytes(60_000_000)})


def overlapping() -> bytes:
    """A package whose entries are all one: unpacked, each is as large as that."""
    content = bytearray(ofd({f"{n:03}.xml": b"<a>" * 9_000 for n in range(3)}))
    directory = content.index(b"PK\x01\x02")
    at = [n for n in range(directory, len(content)) if content[n : n + 4] == b"PK\x01\x02"]
    content[at[2] + 42 : at[2] + 46] = content[at[1] + 42 : at[1] + 46]
    return bytes(content)


ENDS: Final = (b"PK\x05\x06" + bytes(18)) * 20
HARMFUL: Final = {
    "pdf that is a package as well": ("pdf", pdf() + ofd(), FileFault.unsafe),
    "pdf that is a package, which ends before it": ("pdf", pdf() + ofd() + b"\n%%EOF\n", FileFault.unsafe),
    "pdf in which one of many ends is of a package": ("pdf", pdf() + ofd() + ENDS + b"%%EOF\n", FileFault.unsafe),
    "recording that is a pdf as well": ("mp3", b"ID3\x04\0\0\0\0\x0f\x50" + pdf() + mp3(), FileFault.unsafe),
    "page layout that is a program as well": ("ofd", package(["META-INF/MANIFEST.MF", "A.class"]), FileFault.unsafe),
    "page layout that has macros": ("ofd", package(["[Content_Types].xml", "word/vbaProject.bin"]), FileFault.unsafe),
    "recording that is a package as well": ("mp3", mp3() + ofd(), FileFault.unsafe),
    "recording that is a package as well, m4a": ("m4a", m4a() + ofd(), FileFault.unsafe),
    "package behind something else": ("ofd", b"PK\x03\x04" + bytes(500) + ofd(), FileFault.unsafe),
    "zip bomb": ("ofd", bomb(), FileFault.too_big),
    "ten thousand parts": ("ofd", package([f"Doc_0/{n}.xml" for n in range(10_000)]), FileFault.too_big),
    "name that leads up": ("ofd", package(["../../etc/cron.d/x"]), FileFault.unsafe),
    "name that leads up, of Windows": ("ofd", package(["..\\..\\Windows\\x.dll"]), FileFault.unsafe),
    "name from the root": ("ofd", package(["/etc/passwd"]), FileFault.unsafe),
    "name on a drive": ("ofd", package(["C:/autoexec.bat"]), FileFault.unsafe),
    "link": ("ofd", ofd(None, **{"Doc_0/link": LINK}), FileFault.unsafe),
    "entries that are one": ("ofd", overlapping(), FileFault.unsafe),
    "document with macros": ("ofd", ARCHIVE.replace(b"OFD.xml", b"abc.xml"), FileFault.other_kind),
    "half of a package": ("ofd", ofd()[:-30], FileFault.broken),
    "half of a pdf": ("pdf", pdf()[:-20], FileFault.broken),
    "flood of pixels": ("png", flood(60_000, 60_000), FileFault.too_big),
    "half of a screenshot": ("png", screenshot()[:-30], FileFault.broken),
    "half of a picture": ("jpeg", photo()[:3_000], FileFault.broken),
    "picture that is none": ("jpeg", b"\xff\xd8\xff\xe0" + os.urandom(5_000), FileFault.broken),
    "program in a text": ("text", b"hello \x01\x02 world" * 10, FileFault.other_kind),
    "text in no encoding": ("text", b"\xff\xfe\xfa\x80" * 30, FileFault.other_kind),
}
"""What begins as what it says it is, and is not fit to be seen."""
UNLIKE: Final = {
    "program": ("pdf", b"MZ\x90\x00" + bytes(500)),
    "page": ("jpeg", PAGE),
    "page as text of its own kind": ("pdf", PAGE),
    "script": ("png", b"#!/bin/sh\nrm -rf /\n"),
    "document with macros as pdf": ("pdf", ARCHIVE),
    "document with macros as text": ("text", ARCHIVE),
    "picture as recording": ("mp3", photo()),
    "svg": ("png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
}


@pytest.mark.parametrize("what", HARMFUL)
async def test_what_does_harm_is_kept_and_given_to_nobody(county: System, what: str):
    media, content, fault = HARMFUL[what]
    receipt = await county.register()
    own = await petitioner(county, receipt)
    file, row = await own.examined(media, content)
    assert (row["state"], row["verdict"], row["fault"]) == ("withheld", "unfit", str(fault))
    for who in (own, Sender(county, receipt["case_id"])):
        refused(await who.read(file), 409, FileWithheld)
    [told] = ok(await county.client.get(f"{own.door}/files", headers=own.who))["items"]
    assert told["fault_title"] == fault.title


async def test_what_has_a_package_in_it_and_is_none_is_fit(county: System):
    """What stands in a PDF by chance, or is attached to it, harms nobody."""
    one = await sender(county)
    for content in (
        b"%PDF-1.7\nPK\x05\x06" + bytes(40) + b"\n%%EOF\n",
        b"%PDF-1.7\n" + ofd() + bytes(70_000) + b"%%EOF\n",
    ):
        _, row = await one.examined("pdf", content)
        assert row["state"] == "ready"


@pytest.mark.parametrize("what", UNLIKE)
async def test_what_is_something_else_is_not_taken(county: System, what: str):
    media, content = UNLIKE[what]
    one = await sender(county)
    file = ok(await one.announce(media, len(content)), 201)["file_id"]
    assert (await one.append(file, 0, content)).status_code == 422
    assert await one.offset(file) == 0


class Took(NamedTuple):
    """What the examiner said, and the most memory that it had."""

    said: bytes
    peak_mb: float


_MEASURED: Final = """
import atexit, runpy, sys
atexit.register(lambda: sys.stderr.write(open('/proc/self/status').read()))
sys.argv[:] = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name='__main__')
"""


def took(media: str, content: bytes) -> Took:
    """Run the examiner as it is run, and measure it."""
    process = subprocess.Popen(
        [sys.executable, "-I", "-c", _MEASURED, examiner.__file__, media, str(len(content))],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    while (word := process.stdout.read(1)) == b"R":
        at, length = struct.unpack(">QI", process.stdout.read(12))
        process.stdin.write(struct.pack(">I", len(content[at : at + length])) + content[at : at + length])
        process.stdin.flush()
    assert process.stderr is not None
    said, status = process.stdout.read(), process.stderr.read()
    process.wait()
    return Took(word + said, _peak_kb(status.decode()) / 1024)


def _peak_kb(status: str) -> int:
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))


@pytest.mark.parametrize("what", ["zip bomb", "ten thousand parts", "flood of pixels"])
async def test_what_becomes_enormous_takes_no_memory(what: str):
    media, content, fault = HARMFUL[what]
    told = await asyncio.to_thread(took, media, content)
    assert told.said.startswith(b"D" + struct.pack(">I", len(fault)) + str(fault).encode())
    assert told.peak_mb <= EXAMINER_MB_MAX


async def test_a_decoder_that_takes_all_memory_is_stopped():
    """The kernel stops it, and the file is not fit to be seen."""
    run = "import runpy, sys; sys.argv[1:] = ['text', '9']; m = runpy.run_path({!r}); m['_limit'](); bytearray(1 << 30)"
    process = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-I", "-c", run.format(examiner.__file__)], capture_output=True, check=False
    )
    assert b"MemoryError" in process.stderr


# ------------------------------------------------------------------------------- what a camera has written into it


def metadata_of(shown: bytes) -> list[str]:
    """The checker: return what is left in a picture of what was written beside it."""
    left = [PLACE] if PLACE.encode() in shown else []
    if not shown.startswith(b"%PDF-"):
        with Image.open(io.BytesIO(shown)) as picture:
            left += [str(tag) for tag in picture.getexif()]
            left += [name for name in picture.info if name in {"exif", "xmp", "comment", "icc_profile", "photoshop"}]
    return left


PHOTOS: Final = {"jpeg": photo(), "png": screenshot(), "tiff": scan(1), "tiff of some pages": scan(3)}


async def seen(county: System, what: str) -> bytes:
    """Return what an officer sees of a picture."""
    one = await sender(county)
    file, _ = await one.examined(what.partition(" ")[0], PHOTOS[what])
    reply = await one.read(file)
    assert reply.status_code == 200
    return reply.content


@pytest.mark.parametrize("what", PHOTOS)
async def test_place_of_a_picture_is_shown_to_nobody(county: System, what: str):
    assert metadata_of(PHOTOS[what])
    assert not metadata_of(await seen(county, what))


async def test_checker_sees_a_place(county: System, monkeypatch: pytest.MonkeyPatch):
    """The mutant gives officers what was handed in."""
    monkeypatch.setattr(giving, "PICTURES", frozenset())
    assert metadata_of(await seen(county, "jpeg"))


async def test_picture_that_is_a_page_as_well_is_shown_without_it(county: System):
    one = await sender(county)
    file, _ = await one.examined("jpeg", photo() + PAGE + ofd())
    shown = (await one.read(file)).content
    assert b"script" not in shown
    assert b"PK\x03\x04" not in shown


# ------------------------------------------------------------------------------------------------ what is shown how


def runs(reply: httpx2.Response) -> list[str]:
    """The checker: return what a browser could do with an answer that it must not."""
    kind, how = reply.headers["content-type"], reply.headers["content-disposition"]
    amiss = [] if reply.headers.get("x-content-type-options") == "nosniff" else ["it guesses"]
    amiss += [] if "sandbox" in reply.headers.get("content-security-policy", "") else ["it runs scripts"]
    if how.startswith("inline") and not kind.startswith(("audio/", "image/jpeg")):
        amiss.append(f"it shows {kind}")
    return amiss


SAFE: Final = {
    "pdf": (pdf(), "attachment"), "ofd": (ofd(), "attachment"), "text": (PAGE, "attachment"), "jpeg": (photo(), "inline"),
    "png": (screenshot(), "inline"), "wav": (wav(), "inline"),
}  # fmt: skip


@pytest.mark.parametrize("media", SAFE)
async def test_nothing_is_shown_but_a_picture_made_here_and_a_recording(county: System, media: str):
    content, how = SAFE[media]
    one = await sender(county)
    file, row = await one.examined(media, content, name="../../x.html")
    assert row["verdict"] == "clean"
    reply = await one.read(file)
    assert not runs(reply)
    assert reply.headers["content-disposition"].startswith(how)
    assert ".." not in reply.headers["content-disposition"]


async def test_what_nothing_has_scanned_is_only_saved(servers: Servers):
    async with open_county(servers) as county:
        one = await sender(county)
        for media, (content, _) in SAFE.items():
            file, row = await one.examined(media, content)
            assert row["verdict"] == "unscanned"
            reply = await one.read(file)
            assert reply.headers["content-disposition"].startswith("attachment")
            assert not runs(reply)


async def test_checker_sees_a_page_that_runs(county: System, monkeypatch: pytest.MonkeyPatch):
    """The mutant shows everything as what it says it is."""
    monkeypatch.setattr(giving, "SHOWN", frozenset(kind for kind, _ in giving.TYPES.values()))
    monkeypatch.setattr(giving, "GUARDED", {})
    one = await sender(county)
    file, _ = await one.examined("text", PAGE)
    assert len(runs(await one.read(file))) == 2


# ------------------------------------------------------------------------------------------------------ quarantine


async def test_virus_is_kept_and_told_and_stops_nothing(county: System):
    receipt = await county.register()
    own = await petitioner(county, receipt)
    file, row = await own.examined("text", b"read this:\n" + EICAR)
    assert (row["state"], row["verdict"]) == ("withheld", "infected")
    refused(await own.read(file), 409, FileWithheld)
    refused(await Sender(county, receipt["case_id"]).read(file), 409, FileWithheld)
    [told] = ok(await county.client.get(f"{own.door}/files", headers=own.who))["items"]
    assert (told["state_title"], told["verdict_title"]) == ("不予查阅", "含有病毒")
    ok(await county.classify(receipt["case_id"]))
    ok(await county.by_code(receipt["query_code"], "/documents", {"words": "补充"}), 201)


async def test_virus_across_two_pieces_is_found(county: System):
    one = await sender(county)
    before = b"a" * (2 * 1024 * 1024 - 20)
    _, row = await one.examined("text", before + EICAR)
    assert row["verdict"] == "infected"


async def test_file_that_is_too_long_for_the_scanner_is_not_said_to_be_clean(servers: Servers):
    async with Clamd(bytes_max=100_000) as short, open_county(servers, clamd=short.address) as county:
        _, row = await (await sender(county)).examined("wav", wav(60))
        assert (row["state"], row["verdict"]) == ("ready", "unscanned")


@asynccontextmanager
async def before_it_is_scanned(servers: Servers) -> AsyncIterator[tuple[Sender, Sender, str, Clamd]]:
    """A file that is whole while the scanner is away."""
    scanner = Clamd()
    async with scanner:
        address = scanner.address
    async with open_county(servers, clamd=address) as county:
        receipt = await county.register()
        own = await petitioner(county, receipt)
        file = await own.hand_in("pdf", pdf())
        yield own, Sender(county, receipt["case_id"]), file, scanner


def early(replies: list[httpx2.Response]) -> list[int]:
    """The checker: return which reads of a file that nobody has looked through were answered with it."""
    return [reply.status_code for reply in replies if reply.status_code < 400]


async def test_nobody_sees_what_was_not_looked_through(servers: Servers, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(quarantine, "LEASE", quarantine.timedelta(seconds=0.2))
    monkeypatch.setattr(quarantine, "LOOK_SECONDS", 0.2)
    async with before_it_is_scanned(servers) as (own, officer, file, scanner):
        for who in (own, officer):
            refused(await who.read(file), 409, InQuarantine)
        assert (await row_of(own.county, file))["state"] == "received"
        async with Clamd() as back:
            own.county.running["intake"].own.clamd = back.address
            await examined(own.county, file)
            assert back.asked == 1
        assert scanner.asked == 0
        assert (await officer.read(file)).content == pdf()


async def test_checker_sees_who_reads_early(servers: Servers, monkeypatch: pytest.MonkeyPatch):
    """The mutant gives what is whole."""
    monkeypatch.setattr(File, "must_be_given", lambda _: None)
    async with before_it_is_scanned(servers) as (own, officer, file, _):
        assert early([await own.read(file), await officer.read(file)]) == [200, 200]


async def test_file_that_came_out_otherwise_than_it_was_sent_is_not_shown(county: System):
    one = await sender(county)
    _, row = await one.examined("pdf", pdf(), sha256="0" * 64)
    assert (row["state"], row["fault"]) == ("withheld", "broken")


# ------------------------------------------------------------------------------------------------ time and memory


async def longest_stall(during: Callable[[], Awaitable[Any]]) -> float:
    """The checker: return the longest that the loop's thread was busy with one thing, in seconds of its processor."""
    over, worst = asyncio.Event(), 0.0

    async def watch() -> None:
        nonlocal worst
        while not over.is_set():
            began = time.thread_time()
            await asyncio.sleep(0)
            worst = max(worst, time.thread_time() - began)

    watching = asyncio.create_task(watch())
    try:
        await during()
    finally:
        over.set()
        await watching
    return worst


def large() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((6_000, 4_000), 90).convert("RGB").save(out, "JPEG", quality=95)
    return out.getvalue()


async def handed_in(county: System, content: bytes) -> None:
    one = await sender(county)
    file = ok(await one.announce("jpeg", len(content)), 201)["file_id"]

    async def pieces() -> AsyncIterator[bytes]:
        for at in range(0, len(content), 65_536):
            yield content[at : at + 65_536]

    assert (await one.append(file, 0, pieces(), **{"Content-Length": str(len(content))})).status_code == 204
    assert (await examined(county, file))["state"] == "ready"
    assert (await one.read(file)).status_code == 200


async def test_nobody_waits_for_a_file_that_is_handed_in(county: System):
    content = await asyncio.to_thread(large)
    await handed_in(county, content)
    assert await longest_stall(lambda: handed_in(county, content)) <= STALL_SECONDS_MAX


async def test_checker_sees_a_picture_made_in_the_loop(county: System, monkeypatch: pytest.MonkeyPatch):
    """The mutant makes the picture where everybody waits."""

    async def here(media: FileMedia, length: int, of: Any) -> Examined:
        return Examined(None, looked_at(str(media), io.BytesIO(await of(0, length))))

    monkeypatch.setattr(quarantine, "examined", here)
    content = await asyncio.to_thread(large)
    assert await longest_stall(lambda: handed_in(county, content)) > STALL_SECONDS_MAX


async def growth(servers: Servers, module: str) -> float:
    """The checker: return by how much intake has grown while a long file came in, as a process of its own."""
    async with system(servers) as made:
        async with made.within():
            await made.establish()
            own = await petitioner(made, await made.register())
        process = made.spawn("intake", module=module)
        await made.healthy("intake")
        grown = await growth_mb(own, process.pid, UPLOAD_MB * 1024 * 1024)
        print(f"{UPLOAD_MB} MB in {grown:.1f} MB")
        return grown


async def test_a_long_file_is_held_in_memory_piece_by_piece(servers: Servers):
    assert await growth(servers, "services.cli") <= MEMORY_MB_MAX


async def test_checker_sees_a_file_that_is_gathered(servers: Servers):
    """The mutant takes all of it in before it stores any of it."""
    assert await growth(servers, "tests.intake.gathering") > MEMORY_MB_MAX
