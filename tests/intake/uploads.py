"""Files for tests, harmless and otherwise, and how somebody hands one in over HTTP."""

from __future__ import annotations

import asyncio
import io
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self
from uuid import uuid4

import httpx2
from PIL import Image, ImageDraw

from contracts.vocabulary import Role
from tests.harness import BUREAU, OFFICER, System, until
from tests.steps import ok

OFFSETS: Final = "application/offset+octet-stream"
EICAR: Final = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"[:-1] + b"*"
PLACE: Final = "GPS-39.9042-116.4074"
"""What a camera has written into a picture, so that it can be looked for."""


@dataclass
class Sender:
    """Somebody who hands files in: an officer, or a petitioner by the token of a session."""

    county: System
    case: str
    token: str | None = None
    actor: str = OFFICER
    unit: str = BUREAU
    role: Role = Role.intake_clerk

    @property
    def who(self) -> dict[str, str]:
        if self.token:
            return {"Authorization": f"Bearer {self.token}"}
        return {"Huiyin-Actor": self.actor, "Huiyin-Unit": self.unit, "Huiyin-Role": str(self.role)}

    @property
    def door(self) -> str:
        return self.county.url("intake") + ("/progress" if self.token else "")

    async def announce(self, media: str, size: int, *, key: str | None = None, **more: Any) -> httpx2.Response:
        path = f"{self.door}/files" if self.token else f"{self.door}/cases/{self.case}/files"
        body = {"media": media, "size_bytes": size, **more}
        return await self.county.client.post(
            path, json=body, headers=self.who | {"Idempotency-Key": key or str(uuid4())}
        )

    async def append(self, file: str, offset: int, content: Any, **more: str) -> httpx2.Response:
        headers = self.who | {"Content-Type": OFFSETS, "Upload-Offset": str(offset), "Tus-Resumable": "1.0.0"} | more
        return await self.county.client.patch(f"{self.door}/uploads/{file}", content=content, headers=headers)

    async def offset(self, file: str) -> int:
        reply = await self.county.client.head(f"{self.door}/uploads/{file}", headers=self.who)
        assert reply.status_code == 200, reply.status_code
        return int(reply.headers["Upload-Offset"])

    async def give_up(self, file: str) -> httpx2.Response:
        return await self.county.client.delete(f"{self.door}/uploads/{file}", headers=self.who)

    async def hand_in(self, media: str, content: bytes, **more: Any) -> str:
        """Hand a file in whole, and return its id."""
        file: str = ok(await self.announce(media, len(content), **more), 201)["file_id"]
        reply = await self.append(file, 0, content)
        assert reply.status_code == 204, reply.text
        assert reply.headers["Upload-Offset"] == str(len(content))
        return file

    async def examined(self, media: str, content: bytes, **more: Any) -> tuple[str, dict[str, Any]]:
        """Hand a file in, and return it with its row as soon as it was looked through."""
        file = await self.hand_in(media, content, **more)
        return file, await examined(self.county, file)

    async def read(self, file: str, **headers: str) -> httpx2.Response:
        path = f"/files/{file}" if self.token else f"/cases/{self.case}/files/{file}?purpose=handling"
        return await self.county.client.get(self.door + path, headers=self.who | headers)


async def petitioner(county: System, receipt: dict[str, Any]) -> Sender:
    """Return whoever has the query code of a receipt."""
    token = ok(await county.log_in(receipt["query_code"]), 201)["token"]
    return Sender(county, receipt["case_id"], token)


async def row_of(county: System, file: str) -> dict[str, Any]:
    async with county.sql() as db:
        return dict(await db.fetchrow("SELECT * FROM intake.file_view WHERE id::text = $1", file))


async def examined(county: System, file: str) -> dict[str, Any]:
    """Return the row of a file that was looked through."""

    async def over() -> dict[str, Any] | None:
        row = await row_of(county, file)
        return row if row["state"] in {"ready", "withheld"} else None

    return await until(over, f"{file} is looked through")


def long_file(length: int) -> AsyncIterator[bytes]:
    """A PDF of so many bytes, as it goes over the line."""
    head, tail, block = b"%PDF-1.7\n", b"\n%%EOF\n", os.urandom(65_536)

    async def pieces() -> AsyncIterator[bytes]:
        yield head
        left = length - len(head) - len(tail)
        while left:
            yield block[:left]
            left -= min(left, len(block))
        yield tail

    return pieces()


async def growth_mb(own: Sender, pid: int, length: int) -> float:
    """Return by how many megabytes a process has grown at most, while a file came in and was looked through."""
    await own.hand_in("pdf", pdf(100_000))
    before = _memory_kb(pid, "VmRSS")
    Path(f"/proc/{pid}/clear_refs").write_text("5", "ascii")
    file = ok(await own.announce("pdf", length), 201)["file_id"]
    reply = await own.append(file, 0, long_file(length), **{"Content-Length": str(length)})
    assert reply.status_code == 204, reply.text

    async def ready() -> bool:
        return bool((await row_of(own.county, file))["state"] == "ready")

    await until(ready, "it is looked through", 120)
    return (_memory_kb(pid, "VmHWM") - before) / 1024


def _memory_kb(pid: int, what: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(what))


class Clamd:
    """A scanner that speaks clamd's protocol, and knows one virus."""

    def __init__(self, *, bytes_max: int = 1 << 40) -> None:
        self.bytes_max = bytes_max
        self.asked = 0
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()

    @property
    def address(self) -> str:
        assert self._server is not None
        return f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked += 1
        assert await reader.readexactly(10) == b"zINSTREAM\0"
        seen, size, found = b"", 0, False
        while length := int.from_bytes(await reader.readexactly(4), "big"):
            chunk = await reader.readexactly(length)
            size += length
            if size > self.bytes_max:
                writer.write(b"INSTREAM size limit exceeded. ERROR\0")
                await writer.drain()
                writer.close()
                return
            found = found or EICAR in seen + chunk
            seen = chunk[-len(EICAR) :]
        writer.write(b"stream: Eicar-Test-Signature FOUND\0" if found else b"stream: OK\0")
        await writer.drain()
        writer.close()


# ------------------------------------------------------------------------------------------------------- files


def photo(width: int = 640, height: int = 480, place: str = PLACE) -> bytes:
    """A photograph with all that a telephone writes beside it: where it was, with what, when, for whom."""
    picture = Image.new("RGB", (width, height), "steelblue")
    ImageDraw.Draw(picture).ellipse((50, 50, 300, 300), fill="gold")
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x013B] = "CAMERA", place, place
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", (39.0, 54.0, 15.12), "E", (116.0, 24.0, 26.64)
    gps[29] = place
    out = io.BytesIO()
    xmp = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><place>{place}</place></x:xmpmeta>'.encode()
    picture.save(out, "JPEG", exif=exif, comment=place.encode(), xmp=xmp)
    return out.getvalue()


def screenshot() -> bytes:
    """A PNG with words beside its picture."""
    from PIL.PngImagePlugin import PngInfo

    words, out = PngInfo(), io.BytesIO()
    words.add_text("Author", PLACE)
    words.add_itxt("XML:com.adobe.xmp", f"<x>{PLACE}</x>")
    Image.new("RGBA", (320, 200), (200, 10, 10, 128)).save(out, "PNG", pnginfo=words)
    return out.getvalue()


def scan(pages: int = 3) -> bytes:
    """A letter of some pages, as a scanner makes it."""
    sheets = [Image.new("1", (1240, 1754), 1) for _ in range(pages)]
    for n, sheet in enumerate(sheets):
        ImageDraw.Draw(sheet).rectangle((100, 100 + 50 * n, 400, 140 + 50 * n), fill=0)
    out = io.BytesIO()
    sheets[0].save(out, "TIFF", save_all=True, append_images=sheets[1:], compression="group4", description=PLACE)
    return out.getvalue()


def pdf(size: int = 2_000) -> bytes:
    return b"%PDF-1.7\n" + b"1 0 obj<<>>endobj\n" * (size // 18) + b"trailer<<>>\n%%EOF\n"


def ofd(entries: dict[str, bytes] | None = None, **special: int) -> bytes:
    """A page layout as offices have them; `special` are entries with a mode."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("OFD.xml", b"<OFD/>")
        for name, content in (entries or {"Doc_0/Document.xml": b"<Document/>"}).items():
            package.writestr(name, content)
        for name, mode in special.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = mode << 16
            package.writestr(entry, b"/etc/passwd")
    return out.getvalue()


def wav(seconds: int = 1) -> bytes:
    samples = bytes(8_000 * seconds)
    head = (
        b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8_000, 8_000, 1, 8) + b"data" + struct.pack("<I", len(samples))
    )
    return b"RIFF" + struct.pack("<I", len(head) + len(samples)) + head + samples


def amr() -> bytes:
    return b"#!AMR\n" + bytes([0x3C]) * 3_200


def mp3() -> bytes:
    return (b"\xff\xfb\x90\x00" + bytes(413)) * 50


def m4a() -> bytes:
    return struct.pack(">I", 24) + b"ftypM4A \0\0\2\0isomiso2" + struct.pack(">I", 1_008) + b"mdat" + bytes(1_000)


def flood(width: int, height: int) -> bytes:
    """A small file that says it is a picture of a great many pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    packer = zlib.compressobj(9)
    row = bytes(1 + width * 3)
    lines = b"".join(packer.compress(row) for _ in range(min(height, 400))) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")


LINK: Final = stat.S_IFLNK | 0o777
