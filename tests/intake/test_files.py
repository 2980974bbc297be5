"""第十九条: what is handed in beside a petition is kept as it was, and seen by those whose duty it is."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import io
import resource
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
import pytest_asyncio
from prometheus_client import REGISTRY
from pypdf import PdfReader
from structlog.testing import capture_logs

from contracts.vocabulary import Role
from services.chassis.aside import Busy
from services.chassis.errors import Damaged, Erased, NoRoom, NotFound, TooOften, Unavailable
from services.intake.application import quarantine, uploading
from services.intake.application.looking import at_work
from services.intake.application.quarantine import copy_of, sweep, sweep_keyless, sweep_orphans
from services.intake.application.uploading import (
    FileDamaged,
    MoreThanAnnounced,
    NotOfThatKind,
    TooManyFiles,
    TooManyOpen,
    TooManyPieces,
    WrongOffset,
)
from services.intake.domain.files import FILE_BYTES_MAX, NoSuchOriginal, UploadIsOver
from services.intake.domain.track import StillSealed
from services.intake.files import objects
from services.intake.questions import files as of_files
from tests.harness import BUREAU, UNIT, Servers, System, system, unpacked, until
from tests.intake.uploads import PLACE, Sender, amr, examined, m4a, mp3, ofd, pdf, petitioner, photo, row_of, scan, wav
from tests.rules import refused
from tests.steps import attached, document, ok, open_county, unseal

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def county(servers: Servers):
    async with open_county(servers) as made:
        await made.enter({"code": BUREAU, "name": "县信访局", "kind": "petition_bureau", "competent": False})
        yield made


async def clerk(county: System) -> Sender:
    return Sender(county, (await county.register())["case_id"], actor=f"clerk-{uuid4().hex[:8]}")


async def events_of(county: System, file: str) -> list[tuple[str, dict[str, Any]]]:
    async with county.sql() as db:
        found = "SELECT type, packed FROM intake.event WHERE stream_id = $1 ORDER BY version"
        return [(row["type"].split(".")[1], unpacked(row).body) for row in await db.fetch(found, UUID(file))]


async def test_file_is_announced_received_and_looked_through(county: System):
    sender, content = await clerk(county), pdf()
    file, row = await sender.examined("pdf", content, name="合同.pdf")
    assert (row["state"], row["verdict"], row["fault"]) == ("ready", "unscanned", None)
    told = await events_of(county, file)
    assert [name for name, _ in told] == ["FileAnnounced", "FileReceived", "FileExamined"]
    assert "合同" not in str(told)
    reply = await sender.read(file)
    assert reply.status_code == 200
    assert reply.content == content
    called = "%E5%90%88%E5%90%8C.pdf"
    assert reply.headers["Content-Disposition"] == f"attachment; filename=\"{file}.pdf\"; filename*=UTF-8''{called}"


async def test_digest_of_what_was_received_is_of_its_ciphertext(county: System):
    sender = await clerk(county)
    file, row = await sender.examined("pdf", pdf(5_000_000))
    async with county.sql() as db:
        parts = await db.fetch("SELECT digest FROM intake.file_part WHERE file_id = $1 ORDER BY n", UUID(file))
    assert len(parts) == 3
    assert row["content_sha256"] == hashlib.sha256(b"".join(part["digest"] for part in parts)).hexdigest()
    for part in parts:
        name = part["digest"].hex()
        lying = (county.key_file.with_name("files") / name[:2] / name).read_bytes()
        assert hashlib.sha256(lying).hexdigest() == name
        assert b"endobj" not in lying


async def test_upload_goes_on_where_it_ended(county: System):
    sender, content = await clerk(county), pdf(3_000_000)
    file = ok(await sender.announce("pdf", len(content)), 201)["file_id"]
    assert await sender.offset(file) == 0
    assert (await sender.append(file, 0, content[:1_000_000])).status_code == 204
    refused(await sender.append(file, 0, content), 409, WrongOffset)
    refused(await sender.append(file, 2_000_000, content[2_000_000:]), 409, WrongOffset)
    assert await sender.offset(file) == 1_000_000
    assert (await sender.append(file, 1_000_000, content[1_000_000:])).status_code == 204
    await examined(county, file)
    assert (await sender.read(file)).content == content
    refused(await sender.append(file, len(content), b"x"), 409, UploadIsOver)


async def test_what_came_before_the_line_broke_is_kept(county: System):
    sender, content = await clerk(county), pdf(5_000_000)
    file = ok(await sender.announce("pdf", len(content)), 201)["file_id"]

    async def breaks():
        for at in range(0, 4_200_000, 100_000):
            yield content[at : at + 100_000]
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await sender.append(file, 0, breaks(), **{"Content-Length": str(len(content))})

    async def stored() -> int:
        return int((await sender.offset(file)) >= 4_000_000)

    await until(stored, "what had come is kept")
    offset = await sender.offset(file)
    assert 4_000_000 <= offset <= 4_200_000
    assert (await sender.append(file, offset, content[offset:])).status_code == 204
    await examined(county, file)
    assert (await sender.read(file)).content == content


async def test_two_who_go_on_at_once_do_not_mix(county: System):
    sender, content = await clerk(county), pdf(2_000_000)
    file = ok(await sender.announce("pdf", len(content)), 201)["file_id"]
    replies = await asyncio.gather(*(sender.append(file, 0, content) for _ in range(2)))
    assert min(reply.status_code for reply in replies) == 204
    assert {reply.status_code for reply in replies} <= {204, 409}
    await examined(county, file)
    assert (await sender.read(file)).content == content


@pytest.mark.parametrize(
    ("media", "content", "kind"),
    [
        ("ofd", ofd(), "application/ofd"), ("wav", wav(), "audio/wav"), ("amr", amr(), "audio/amr"),
        ("mp3", mp3(), "audio/mpeg"), ("m4a", m4a(), "audio/mp4"), ("text", "一封长信。\n".encode() * 9, "text/plain"),
        ("text", "一封长信。\n".encode("gb18030") * 9, "text/plain"),
    ],
)  # fmt: skip
async def test_every_kind_is_taken(county: System, media: str, content: bytes, kind: str):
    sender = await clerk(county)
    file, row = await sender.examined(media, content)
    assert row["state"] == "ready"
    reply = await sender.read(file)
    assert reply.content == content
    assert reply.headers["content-type"].startswith(kind)


async def test_stretch_of_a_recording_is_given(county: System):
    sender, content = await clerk(county), wav(600)
    file, _ = await sender.examined("wav", content)
    for asked, first, end in (
        ("bytes=0-1", 0, 2), ("bytes=2097000-2098000", 2_097_000, 2_098_001), ("bytes=-100", -100, None),
        ("bytes=4799000-", 4_799_000, None), ("bytes=4799000-9999999", 4_799_000, None),
    ):  # fmt: skip
        reply = await sender.read(file, Range=asked)
        assert reply.status_code == 206
        assert reply.content == content[first:end]
        assert reply.headers["Content-Range"].endswith(f"/{len(content)}")
    assert (await sender.read(file, Range="bytes=99999999-")).status_code == 200


async def test_petitioner_hands_in_a_photo_and_gets_it_back_as_it_was(county: System):
    receipt = await county.register()
    sender, content = await petitioner(county, receipt), photo()
    file, _ = await sender.examined("jpeg", content, name="现场.jpg")
    mine = await sender.read(file)
    assert mine.content == content
    assert mine.headers["Content-Disposition"].startswith("attachment")
    [told] = ok(await county.client.get(f"{sender.door}/files", headers=sender.who))["items"]
    assert (told["file_id"], told["state_title"], told["verdict_title"]) == (file, "可以查阅", "未查毒")
    officer = Sender(county, receipt["case_id"])
    seen = await officer.read(file)
    assert seen.status_code == 200
    assert seen.content != content
    assert PLACE.encode() not in seen.content
    looks = ok(await county.client.post(f"{sender.door}/looks", headers=sender.who))["items"]
    assert [(look["purpose"], look["role"]) for look in looks] == [("handling", "intake_clerk")]


async def test_scan_of_some_pages_is_shown_as_pages(county: System):
    sender = await clerk(county)
    file, _ = await sender.examined("tiff", scan(3))
    shown = await sender.read(file)
    assert shown.headers["content-type"] == "application/pdf"
    assert len(PdfReader(io.BytesIO(shown.content)).pages) == 3


async def test_nobody_else_goes_on_with_an_upload_or_reads_anothers_file(county: System):
    receipt, other = await county.register(), await county.register()
    mine, theirs = await petitioner(county, receipt), await petitioner(county, other)
    file = ok(await mine.announce("pdf", 100), 201)["file_id"]
    for who in (theirs, Sender(county, receipt["case_id"])):
        assert (await who.append(file, 0, pdf())).status_code == 404
        assert (await county.client.head(f"{who.door}/uploads/{file}", headers=who.who)).status_code == 404
        assert (await who.give_up(file)).status_code == 404
    done, _ = await mine.examined("pdf", pdf())
    assert (await theirs.read(done)).status_code == 404
    stranger = Sender(county, receipt["case_id"], actor="co-1", unit=UNIT, role=Role.case_officer)
    assert (await stranger.read(done)).status_code == 404
    elsewhere = Sender(county, other["case_id"])
    assert (await elsewhere.read(done)).status_code == 404


async def test_key_of_a_file_is_no_text_that_somebody_reads(county: System):
    sender = await clerk(county)
    file, _ = await sender.examined("pdf", pdf())
    url = f"{sender.door}/cases/{sender.case}/contents/{file}?purpose=handling"
    assert (await county.client.get(url, headers=sender.who)).status_code == 404


async def test_same_announcement_is_one_file(county: System):
    sender, key = await clerk(county), str(uuid4())
    first = ok(await sender.announce("pdf", 100, key=key), 201)
    assert ok(await sender.announce("pdf", 100, key=key), 201) == first


async def test_redacted_copy_names_its_original(county: System):
    sender = await clerk(county)
    original, _ = await sender.examined("pdf", pdf())
    copy, row = await sender.examined("pdf", pdf(3_000), original=original)
    assert str(row["original"]) == original
    refused(await sender.announce("pdf", 10, original=copy), 422, NoSuchOriginal)
    refused(await (await clerk(county)).announce("pdf", 10, original=original), 422, NoSuchOriginal)


async def test_what_is_given_up_is_destroyed(county: System):
    sender, content = await clerk(county), pdf(4_500_000)
    file = ok(await sender.announce("pdf", len(content)), 201)["file_id"]
    await sender.append(file, 0, content[:4_400_000])
    assert (await sender.give_up(file)).status_code == 204
    refused(await sender.append(file, 4_400_000, content[4_400_000:]), 409, UploadIsOver)
    assert [name for name, _ in await events_of(county, file)][-1] == "FileAbandoned"
    async with county.sql() as db:
        assert not await db.fetchval("SELECT count(*) FROM intake.vault_key WHERE id = $1", UUID(file))


async def test_limits_are_told(county: System, monkeypatch: pytest.MonkeyPatch):
    sender = await clerk(county)
    assert (await sender.announce("pdf", FILE_BYTES_MAX + 1)).status_code == 422
    assert (await sender.announce("exe", 10)).status_code == 422
    files = [ok(await sender.announce("pdf", 3_000), 201)["file_id"] for _ in range(uploading.OPEN_MAX)]
    refused(await sender.announce("pdf", 10), 422, TooManyOpen)
    refused(await sender.append(files[0], 0, pdf(10_000)), 422, MoreThanAnnounced)
    refused(await sender.append(files[0], 0, b"MZ\x90\x00" + bytes(100)), 422, NotOfThatKind)
    assert await sender.offset(files[0]) == 0
    own = await petitioner(county, await county.register())
    for _ in range(2):
        await own.give_up(ok(await own.announce("pdf", 10), 201)["file_id"])
    monkeypatch.setattr(uploading, "OF_PETITION_MAX", 1)
    await own.hand_in("pdf", pdf())
    refused(await own.announce("pdf", 10), 422, TooManyFiles)


async def test_so_many_an_hour_and_no_more(county: System, monkeypatch: pytest.MonkeyPatch):
    own = await petitioner(county, await county.register())
    monkeypatch.setattr(uploading, "OF_PETITIONER_PER_HOUR_MAX", 2)
    await own.hand_in("pdf", pdf())
    await own.give_up(ok(await own.announce("pdf", 10), 201)["file_id"])
    reply = await own.announce("pdf", 10)
    refused(reply, 429, TooOften)
    assert 3_000 < int(reply.headers["Retry-After"]) <= 3_600


async def test_file_that_comes_in_crumbs_is_refused(county: System, monkeypatch: pytest.MonkeyPatch):
    sender, content = await clerk(county), pdf()
    monkeypatch.setattr(uploading, "PIECES_MAX", 20)
    file = ok(await sender.announce("pdf", len(content)), 201)["file_id"]
    for at in range(20):
        assert (await sender.append(file, at, content[at : at + 1])).status_code == 204
    refused(await sender.append(file, 20, content[20:21]), 422, TooManyPieces)


async def test_nobody_takes_all_places(county: System):
    sender, goes_on = await clerk(county), asyncio.Event()
    files = [ok(await sender.announce("pdf", len(pdf())), 201)["file_id"] for _ in range(3)]

    async def slowly() -> AsyncIterator[bytes]:
        yield pdf()[:100]
        await goes_on.wait()
        yield pdf()[100:]

    length = {"Content-Length": str(len(pdf()))}
    held = [asyncio.create_task(sender.append(file, 0, slowly(), **length)) for file in files[:2]]
    places = county.running["intake"].own.held

    async def both() -> bool:
        return places[sender.actor] == 2

    await until(both, "two are coming in")
    refused(await sender.append(files[2], 0, pdf()), 422, TooManyOpen)
    goes_on.set()
    assert [reply.status_code for reply in await asyncio.gather(*held)] == [204, 204]
    assert (await sender.append(files[2], 0, pdf())).status_code == 204


async def test_who_is_several_petitioners_keeps_out_nobody_else(county: System):
    """Promise 48: whoever registers as many as they like and hands in drop by drop leaves places for others."""
    clerk_, goes_on = await clerk(county), asyncio.Event()
    many = [await petitioner(county, await county.register()) for _ in range(4)]
    files = [ok(await own.announce("pdf", len(pdf())), 201)["file_id"] for own in many]

    async def slowly() -> AsyncIterator[bytes]:
        yield pdf()[:100]
        await goes_on.wait()
        yield pdf()[100:]

    length = {"Content-Length": str(len(pdf()))}
    held = [
        asyncio.create_task(own.append(file, 0, slowly(), **length))
        for own, file in zip(many[:3], files[:3], strict=True)
    ]
    places = county.running["intake"].own.held

    async def three() -> bool:
        return places[Role.petitioner] == 3

    await until(three, "three are coming in from here")
    refused(await many[3].append(files[3], 0, pdf()), 503, Busy)
    await clerk_.hand_in("pdf", pdf())
    goes_on.set()
    assert [reply.status_code for reply in await asyncio.gather(*held)] == [204, 204, 204]
    assert (await many[3].append(files[3], 0, pdf())).status_code == 204
    assert not places


async def test_stretch_that_takes_too_long_goes_on_with_another_one(county: System, monkeypatch: pytest.MonkeyPatch):
    sender, content = await clerk(county), pdf(300_000)
    file = ok(await sender.announce("pdf", len(content)), 201)["file_id"]
    monkeypatch.setattr(uploading, "STRETCH_SECONDS_MAX", 0)
    monkeypatch.setattr(uploading, "KEPT_BYTES_MIN", 1)
    assert (await sender.append(file, 0, content)).status_code == 503
    assert 0 < (offset := await sender.offset(file)) < len(content)
    monkeypatch.undo()
    assert (await sender.append(file, offset, content[offset:])).status_code == 204


async def test_tus_of_another_version_is_refused(county: System):
    sender = await clerk(county)
    file = ok(await sender.announce("pdf", 100), 201)["file_id"]
    assert (await sender.append(file, 0, pdf(), **{"Tus-Resumable": "0.2.2"})).status_code == 412
    assert (await sender.append(file, 0, pdf(), **{"Content-Type": "application/json"})).status_code == 415
    assert (await sender.append(file, 0, pdf(), **{"Upload-Offset": "-1"})).status_code == 400
    assert (await sender.append("no-id", 0, pdf())).status_code == 422


# ------------------------------------------------------------------------------------------------ what lies apart


async def listed(who: Sender) -> list[str]:
    """Return the files of a case that somebody finds."""
    reply = await who.county.client.get(f"{who.door}/cases/{who.case}/files", headers=who.who)
    return [] if reply.status_code == 404 else [one["id"] for one in ok(reply)["items"]]


async def organ_of(county: System, case: str) -> Sender:
    """Hand a report to the discipline organ, and return somebody there."""
    path = f"/cases/{case}/confidential-track"
    ok(await county.send("intake", path, {"organ": "JW"}, role=Role.bureau_officer))
    return Sender(county, case, actor="c-1", unit="JW", role=Role.discipline_officer)


async def test_file_of_a_report_lies_apart_and_is_for_its_organ_alone(county: System):
    receipt = await county.register(report=True, category="official_conduct")
    own, case = await petitioner(county, receipt), receipt["case_id"]
    file, row = await own.examined("jpeg", photo())
    assert row["state"] == "ready"
    assert await events_of(county, file) == []
    async with county.sql() as db:
        assert await db.fetchval("SELECT count(*) FROM apart.event WHERE stream_id = $1", UUID(file)) == 3
        assert await db.fetchval("SELECT apart FROM intake.vault_key WHERE id = $1", UUID(file))
    for role, unit in ((Role.intake_clerk, BUREAU), (Role.bureau_officer, BUREAU), (Role.case_officer, UNIT)):
        assert (await Sender(county, case, unit=unit, role=role).read(file)).status_code in {403, 404}
    organ = await organ_of(county, case)
    refused(await organ.read(file), 403, StillSealed)
    await unseal(county, case)
    assert (await organ.read(file)).status_code == 200
    assert await listed(organ) == [file]
    others = Sender(county, case, actor="c-1", unit="JW2", role=Role.discipline_officer)
    for who in (Sender(county, case), Sender(county, case, unit=UNIT, role=Role.case_officer), others):
        assert await listed(who) == []


async def test_file_goes_where_its_case_goes(county: System):
    """第三十条第三款: what turns out to be a report takes its files along."""
    receipt = await county.register()
    own, case = await petitioner(county, receipt), receipt["case_id"]
    file, _ = await own.examined("pdf", pdf())
    begun = ok(await own.announce("pdf", len(pdf())), 201)["file_id"]
    assert (await Sender(county, case).read(file)).status_code == 200
    body = {"kind": "report_accusation", "route": "discipline_supervision", "category": "official_conduct"}
    ok(await county.send("intake", f"/cases/{case}/classification", body, role=Role.bureau_officer))
    assert (await Sender(county, case).read(file)).status_code in {403, 404}
    assert (await own.append(begun, 0, pdf())).status_code == 204
    await examined(county, begun)
    organ = await organ_of(county, case)
    await unseal(county, case)
    for one in (file, begun):
        assert (await organ.read(one)).content == pdf()


async def test_file_goes_where_its_petition_goes(county: System):
    """第二十二条: who had joined the wrong case leaves nothing there, and nobody there reads on what is theirs."""
    receipt = await county.register()
    case, own = receipt["case_id"], await petitioner(county, receipt)
    first, _ = await own.examined("pdf", pdf())
    joined = await attached(county, case, petitioner={"name": "李建国", "phone": "13911111111"})
    other = await petitioner(county, {**joined, "case_id": case})
    whole, _ = await other.examined("pdf", pdf(3_000))
    coming = ok(await other.announce("pdf", len(pdf())), 201)["file_id"]
    assert (await other.append(coming, 0, pdf()[:100])).status_code == 204
    added = {}
    for who in (own, other):
        headers = who.who | {"Idempotency-Key": str(uuid4())}
        reply = await county.client.post(f"{who.door}/documents", json={"words": "补充说明"}, headers=headers)
        added[who.token] = ok(reply, 201)["document_id"]
    path, reasons = f"/cases/{case}/petitions/{joined['petition_id']}/detachment", await document(county, case)
    child = ok(await county.send("intake", path, {"reasons": reasons}, role=Role.bureau_officer), 201)["case_id"]

    assert (await other.append(coming, 100, pdf()[100:])).status_code == 204
    await examined(county, coming)
    there, gone = Sender(county, child), Sender(county, case)
    for file, content in ((whole, pdf(3_000)), (coming, pdf())):
        assert (await there.read(file)).content == content
        assert (await other.read(file)).content == content
        assert (await gone.read(file)).status_code == 404
    assert (await gone.read(first)).content == pdf()

    async def status(one: Sender, text: str) -> int:
        url = f"{one.door}/cases/{one.case}/contents/{text}?purpose=handling"
        return (await county.client.get(url, headers=one.who)).status_code

    said = [await status(one, added[who.token]) for one in (there, gone) for who in (other, own)]
    assert said == [200, 404, 404, 200], "what each of them has added"

    async def listed(one: Sender) -> list[tuple[str, str]]:
        reply = await county.client.get(f"{one.door}/cases/{one.case}/files", headers=one.who)
        return [(row["id"], row["case_id"]) for row in ok(reply)["items"]]

    assert await listed(there) == [(whole, child), (coming, child)]
    assert await listed(gone) == [(first, case)]
    assert [row["file_id"] for row in ok(await county.client.get(f"{other.door}/files", headers=other.who))["items"]]
    looked = ok(await county.client.post(f"{other.door}/looks", headers=other.who))["items"]
    assert len([look for look in looked if look["purpose"] == "handling"]) == 3
    copied = ok(await there.announce("pdf", 10, original=whole), 201)
    assert copied["case_id"] == child
    refused(await gone.announce("pdf", 10, original=whole), 422, NoSuchOriginal)


async def test_what_is_kept_from_somebody_stops_while_it_is_given(county: System, monkeypatch: pytest.MonkeyPatch):
    """第三十条第三款: no byte goes to whom a case complains of from that moment (promise 11)."""
    sender = await clerk(county)
    file, _ = await sender.examined("wav", wav(900))
    asked = 0

    async def kept(*_: object, **__: object) -> None:
        nonlocal asked
        asked += 1
        if asked > 2:
            raise NotFound(sender.case)

    monkeypatch.setattr(of_files, "must_see", kept)
    with pytest.raises(httpx2.HTTPError):
        await sender.read(file)
    assert asked == 3, "once before anything goes, and before each further piece"


async def test_what_is_kept_from_its_sender_by_now_they_do_nothing_with(
    county: System, monkeypatch: pytest.MonkeyPatch
):
    """第三十条第三款: neither do they learn how far it is, nor bring more, nor take back what has come."""
    sender = await clerk(county)
    file = ok(await sender.announce("pdf", len(pdf())), 201)["file_id"]
    assert (await sender.append(file, 0, pdf()[:100])).status_code == 204

    async def kept(*_: object, **__: object) -> None:
        raise NotFound(sender.case)

    with monkeypatch.context() as patch:
        patch.setattr(of_files, "must_see", kept)
        head = await county.client.head(f"{sender.door}/uploads/{file}", headers=sender.who)
        replies = [head, await sender.append(file, 100, pdf()[100:]), await sender.give_up(file)]
    assert [reply.status_code for reply in replies] == [404, 404, 404]
    assert await sender.offset(file) == 100


# ------------------------------------------------------------------------------------------------- when all gives way


async def test_full_disk_is_told_and_nothing_is_half(county: System):
    sender, content = await clerk(county), pdf(3_000_000)
    file = ok(await sender.announce("pdf", len(content)), 201)["file_id"]
    folder = county.key_file.with_name("files")
    before = {path for path in folder.rglob("*") if path.is_file()}
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, hard))
    try:
        reply = await sender.append(file, 0, content)
        refused(reply, 507, NoRoom)
        assert reply.headers["Retry-After"] == "60"
        assert await sender.offset(file) == 0
        assert {path for path in folder.rglob("*") if path.is_file()} == before
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (await sender.append(file, 0, content)).status_code == 204
    await examined(county, file)
    assert (await sender.read(file)).content == content


async def test_files_leave_room_for_what_has_to_be_stored(county: System, monkeypatch: pytest.MonkeyPatch):
    """第二十二条: whoever hands in as much as there is room for keeps nobody from registering."""
    sender, content = await clerk(county), pdf(3_000_000)
    file = ok(await sender.announce("pdf", len(content)), 201)["file_id"]
    with monkeypatch.context() as patch:
        patch.setattr(objects, "FREE_BYTES_MIN", 1 << 60)
        refused(await sender.append(file, 0, content), 507, NoRoom)
        await county.register()
    assert await sender.offset(file) == 0
    assert (await sender.append(file, 0, content)).status_code == 204


async def test_acknowledged_file_survives_a_kill(servers: Servers):
    async with system(servers) as made:
        async with made.within():
            await made.establish()
            own = await petitioner(made, await made.register())
        async with made.processes("intake"):
            content = pdf(6_000_000)
            file = ok(await own.announce("pdf", len(content)), 201)["file_id"]
            assert (await own.append(file, 0, content[:4_000_000])).status_code == 204
            made.kill("intake")
            made.spawn("intake")
            await made.healthy("intake")
            assert await own.offset(file) == 4_000_000
            assert (await own.append(file, 4_000_000, content[4_000_000:])).status_code == 204
            made.kill("intake")
            told = await events_of(made, file)
            assert [name for name, _ in told][:2] == ["FileAnnounced", "FileReceived"]
            made.spawn("intake")
            await made.healthy("intake")
            async with made.sql() as db:
                await db.execute("UPDATE intake.upload SET leased_until = '-infinity'")
            await examined(made, file)
            assert (await own.read(file)).content == content


async def test_whole_file_of_which_nobody_has_said_so_is_received(county: System, monkeypatch: pytest.MonkeyPatch):
    """Who dies between the last piece and the event is carried on for."""
    sender = await clerk(county)

    async def dies(*_: object) -> None:
        raise Unavailable

    with monkeypatch.context() as patch:
        patch.setattr(uploading, "receive", dies)
        file = ok(await sender.announce("pdf", len(pdf())), 201)["file_id"]
        assert (await sender.append(file, 0, pdf())).status_code == 503
    async with county.sql() as db:
        await db.execute("UPDATE intake.upload SET leased_until = '-infinity' WHERE id = $1", UUID(file))
    assert (await examined(county, file))["state"] == "ready"


@pytest.mark.parametrize("how", ["changed", "emptied", "exchanged", "gone", "left_out", "cut_off", "all_gone"])
async def test_damaged_file_is_told_as_what_it_is(county: System, how: str):
    """Nobody is told to come again, and nothing is answered as if it had never been; whoever runs the platform hears."""
    sender = await clerk(county)
    file, _ = await sender.examined("pdf", pdf(5_000_000))
    parts = "SELECT digest FROM intake.file_part WHERE file_id = $1 ORDER BY n"
    async with county.sql() as db:
        [first, second, _] = [row["digest"] for row in await db.fetch(parts, UUID(file))]
    lying = county.key_file.with_name("files") / first.hex()[:2] / first.hex()
    content = lying.read_bytes()
    if how == "changed":
        lying.write_bytes(content[:1_000] + bytes([content[1_000] ^ 1]) + content[1_001:])
    elif how == "emptied":
        lying.write_bytes(b"")
    elif how == "gone":
        lying.unlink()
    else:
        statement = {
            "exchanged": "UPDATE intake.file_part SET digest = $2 WHERE file_id = $1 AND n = 0",
            "left_out": "DELETE FROM intake.file_part WHERE file_id = $1 AND n = 1 AND digest = $2",
            "cut_off": "DELETE FROM intake.file_part WHERE file_id = $1 AND n > 0 AND $2::bytea IS NOT NULL",
            "all_gone": "DELETE FROM intake.file_part WHERE file_id = $1 AND $2::bytea IS NOT NULL",
        }[how]
        async with county.sql() as db:
            await db.execute(statement, UUID(file), second)
    counted = {"service": "files", "what": FileDamaged.code}
    before = REGISTRY.get_sample_value("huiyin_vault_alarms_total", counted) or 0
    with capture_logs() as logs:
        refused(await sender.read(file), 500, FileDamaged)
    said = [one for one in logs if one["event"] == FileDamaged.code]
    assert [(one["log_level"], file in one["what"]) for one in said] == [("error", True)]
    assert REGISTRY.get_sample_value("huiyin_vault_alarms_total", counted) == before + 1
    lying.write_bytes(content)


async def test_who_hands_in_many_waits_for_themselves(county: System, monkeypatch: pytest.MonkeyPatch):
    """Promise 48: files take their turns by whose they are."""
    many, few, intake = await clerk(county), await clerk(county), county.running["intake"]
    comes_next, turns = quarantine._next, list[str]()

    async def nothing(_: object) -> None:
        return None

    with monkeypatch.context() as patch:
        patch.setattr(quarantine, "_next", nothing)  # nobody else looks
        theirs = [await many.hand_in("pdf", pdf()) for _ in range(3)]
        own = await few.hand_in("pdf", pdf())
        while (file := await comes_next(intake)) is not None:
            turns.append(str(file))
            await quarantine.look_through(intake, file)
    assert [one for one in turns if one in {own, *theirs}] == [theirs[0], own, *theirs[1:]]


@pytest.mark.parametrize("what", ["key", "piece"])
async def test_damaged_file_waits_and_others_are_looked_through(
    county: System, what: str, monkeypatch: pytest.MonkeyPatch
):
    """It gets no verdict that stays, for a backup may have it; and nobody else's waits behind it."""
    sender, intake = await clerk(county), county.running["intake"]
    with monkeypatch.context() as patch:
        patch.setattr(quarantine, "_LEASE", "SELECT NULL WHERE $1 < interval '0'")  # nobody looks
        file = await sender.hand_in("pdf", pdf())
        flipped = "UPDATE intake.vault_key SET wrapped = set_byte(wrapped, 20, get_byte(wrapped, 20) # 1) WHERE id = $1"
        async with county.sql() as db:
            parts = "SELECT digest FROM intake.file_part WHERE file_id = $1"
            name = (await db.fetchval(parts, UUID(file))).hex()
            lying = county.key_file.with_name("files") / name[:2] / name
            content = lying.read_bytes()
            if what == "key":
                await db.execute(flipped, UUID(file))
            else:
                lying.unlink()
    with pytest.raises(Damaged):
        await quarantine.look_through(intake, UUID(file))
    await examined(county, await sender.hand_in("pdf", pdf()))
    assert (await row_of(county, file))["state"] == "received"
    if what == "key":
        async with county.sql() as db:
            await db.execute(flipped, UUID(file))
    lying.write_bytes(content)
    await quarantine.look_through(intake, UUID(file))
    assert (await row_of(county, file))["state"] == "ready"


async def test_picture_that_is_looked_through_once_more_is_there_meanwhile(
    county: System, monkeypatch: pytest.MonkeyPatch
):
    """Whoever was slow is taken over, and dies over it: the picture that was made first is there, whole."""
    sender, intake = await clerk(county), county.running["intake"]
    file, _ = await sender.examined("jpeg", photo())
    shown = (await sender.read(file)).content
    about = await at_work(intake, UUID(file))
    assert about is not None

    async def dies(*_: object) -> bytes:
        raise Unavailable

    monkeypatch.setattr(intake.own.objects, "put", dies)
    with pytest.raises(Unavailable):
        await uploading.store_copy(intake, UUID(file), copy_of(UUID(file)), base64.b64decode(about["key"]), shown)
    assert (await sender.read(file)).content == shown
    monkeypatch.undo()
    await uploading.store_copy(intake, UUID(file), copy_of(UUID(file)), base64.b64decode(about["key"]), shown[:-2])
    assert (await sender.read(file)).content == shown[:-2]


async def test_what_never_came_whole_goes_and_so_does_what_belongs_to_nothing(county: System):
    sender = await clerk(county)
    file = ok(await sender.announce("pdf", 5_000_000), 201)["file_id"]
    await sender.append(file, 0, pdf(100_000))
    intake, folder = county.running["intake"], county.key_file.with_name("files")
    orphan = await intake.own.objects.put(b"written, and then the process died")
    await sweep(intake, timedelta())
    await sweep_keyless(intake)
    assert (await row_of(county, file))["state"] == "abandoned"
    refused(await sender.append(file, 100_000, b"x"), 409, UploadIsOver)
    assert (folder / orphan.hex()[:2] / orphan.hex()).exists()
    await sweep_orphans(intake, datetime.now(UTC) + timedelta(minutes=1))
    assert not (folder / orphan.hex()[:2] / orphan.hex()).exists()
    async with county.sql() as db:
        kept = {row["digest"].hex() for row in await db.fetch("SELECT digest FROM intake.file_part")}
    assert {path.name for path in folder.rglob("*") if path.is_file()} == kept


async def test_copy_dies_with_its_file(county: System):
    sender = await clerk(county)
    file, _ = await sender.examined("jpeg", photo())
    found = "SELECT digest FROM intake.file_part WHERE file_id = ANY($1::uuid[])"
    async with county.sql() as db:
        digests = [row["digest"].hex() for row in await db.fetch(found, [UUID(file), copy_of(UUID(file))])]
        await db.execute(
            "INSERT INTO intake.destroyed_key SELECT id, case_id, now() FROM intake.vault_key WHERE id = $1", UUID(file)
        )
        await db.execute("DELETE FROM intake.vault_key WHERE id = $1", UUID(file))
    refused(await sender.read(file), 410, Erased)
    folder = county.key_file.with_name("files")
    assert len(digests) == 2
    assert all((folder / name[:2] / name).exists() for name in digests)
    await sweep_keyless(county.running["intake"])
    assert not any((folder / name[:2] / name).exists() for name in digests)
    assert (await row_of(county, file))["state"] == "ready"
