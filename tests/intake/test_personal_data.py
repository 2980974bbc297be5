"""Who a petitioner is and what was written lies in the vault, encrypted, and nowhere else (promise 8 in small).

Every field that takes personal data or text gets a canary of its own; after a whole story, refusals and a failure
included, nothing outside the vault may hold any of them in any of the encodings in which things get written down.
"""

from __future__ import annotations

import base64
import random
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID, uuid4

import pytest

from contracts.envelope import SERVICES
from contracts.packing import pack
from contracts.vocabulary import Role
from services.chassis.kafka import producer
from tests import steps
from tests.harness import BUREAU, OFFICER, UNIT, System, until
from tests.intake.uploads import Sender, photo
from tests.places import CHARS, log_position, scan, tables, written
from tests.steps import act, ok

FILE: Final = (
    "file", "file_name", "photo_name", "own_file", "own_name", "half", "half_name", "copy_name", "unfit", "place",
)  # fmt: skip
"""What files say and are called: one of an officer, of a petitioner, one that never came whole, one that was refused."""
ELSEWHERE: Final = ("header", "forged")
"""What stands in headers, and what a stranger has written on a topic."""
DOORS: Final = ("assignment.nameplate", "officer")
"""An officer's name may stand on the door, which is no event and can be taken down."""


def canaries(dice: random.Random) -> dict[str, str]:
    def words(count: int = 8) -> str:
        return "".join(dice.sample(CHARS, count))

    def digits(count: int) -> str:
        return "".join(dice.choice("123456789") for _ in range(count))

    fields = ("name", "address", "claim", "facts", "reasons", "document", "officer", "wrong", *FILE, *ELSEWHERE)
    texts = {name: words() for name in fields}
    texts["place"] = f"GPS-{digits(12)}"  # EXIF is ASCII
    return texts | {"id_no": digits(18), "phone": f"13{digits(9)}", "mail": f"w{digits(10)}@example.cn"}


async def forge(system: System, wanted: dict[str, str]) -> None:
    """Write on a topic what no service has written, with words in each of its parts, and wait until it is set aside."""
    settings, word = system.settings("intake"), wanted["forged"].encode()
    sender = await producer(settings)
    try:
        for headers in ([], [("ce_type", word), ("ce_id", word)], [(wanted["forged"], word)]):
            await sender.send_and_wait(settings.topic("intake"), b'{"a":"' + word + b'"}', key=word, headers=headers)
    finally:
        await sender.stop()

    async def set_aside() -> bool:
        async with system.sql() as db:
            return bool(await db.fetchval("SELECT count(*) >= 3 FROM accountability.parked WHERE lane_seq IS NULL"))

    await until(set_aside, "it is set aside")


@pytest.mark.parametrize("field", ["name", "id_no", "mail"])
def test_scan_finds_a_canary_in_every_form(field: str):
    """The mutant of the scan itself: whatever is written down in any of the forms is found, and nothing else is."""
    wanted = canaries(random.Random(1))
    text = wanted[field]
    for encoded in (text.encode(c) for c in ("utf-8", "utf-16", "utf-16-be", "gbk")):
        assert scan({"here": b"..." + encoded + b"..."}, wanted)
    for shift in range(7):
        around = b"x" * shift + text.encode() + b"y" * (7 - shift)
        for encoded in (base64.b64encode(around), base64.urlsafe_b64encode(around), around.hex().encode()):
            assert {hit[1] for hit in scan({"here": encoded}, wanted)} == {field}
    assert scan({"here": quote(text).encode()}, wanted)
    assert scan({"here": ascii(text).encode()}, wanted)
    assert not scan({"here": repr(canaries(random.Random(2))).encode()}, wanted)


async def test_personal_data_and_text_are_nowhere_but_in_the_vault(
    huiyin: System, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("HUIYIN_LOG_LEVEL", "DEBUG")
    wanted, answers = canaries(random.Random()), {}
    capfd.readouterr()
    begun = await log_position(huiyin)
    async with huiyin.processes():
        await huiyin.establish()
        case = await story(huiyin, wanted)
        answers["refusals"] = await refusals(huiyin, wanted, case)
        answers["failures"] = await failures(huiyin, wanted, case)
        await forge(huiyin, wanted)
        await huiyin.caught_up()
        places = await written(huiyin, begun) | answers
        async with huiyin.sql() as db:
            assert await db.fetchval("SELECT count(*) FROM intake.vault_item") >= 5
    logs = capfd.readouterr()
    places["logs"] = (logs.out + logs.err).encode()

    told = [f"{s}.{t}" for s in SERVICES[:3] for t in ("event", "command", "sealed")]
    told += [f"topic {s}" for s in SERVICES[:3]] + [
        "accountability.ledger_entry",
        "logs",
        "refusals",
        "failures",
        "files",
        "dump",
        "wal",
        "export",
        "accountability.parked",
        "intake.vault_item",
        "intake.vault_key",
    ]
    assert all(places[place] for place in told), "a scan of nothing finds nothing"
    assert b"unexpected" in places["logs"]
    on_doors = {(place, DOORS[1], "utf-8") for place in (DOORS[0], "dump", "wal")}
    by_strangers = {found for found in scan(places, {"forged": wanted["forged"]}) if found[0] == "topic intake"}
    assert by_strangers
    assert set(scan(places, wanted)) == on_doors | by_strangers

    async with huiyin.sql() as db:  # the mutant: one statement more beside a registration
        await db.execute(
            "INSERT INTO intake.event (stream_id, version, case_id, lane, id, type, packed, at) "
            "SELECT stream_id, 99, case_id, lane, $2, type, $3, at FROM intake.event "
            "WHERE stream_id = $1 AND version = 1",
            UUID(case),
            uuid4(),
            pack(b"{}", b'{"petitioner":"' + wanted["name"].encode() + b'"}'),
        )
    assert ("intake.event", "name", "utf-8") in scan(await tables(huiyin), wanted)


def petitioner(wanted: dict[str, str]) -> dict[str, str]:
    return {name: wanted[name] for name in ("name", "id_no", "phone", "address")}


def content(wanted: dict[str, str]) -> dict[str, str]:
    return {"claim": wanted["claim"], "facts": wanted["facts"] + wanted["mail"], "reasons": wanted["reasons"]}


async def story(huiyin: System, wanted: dict[str, str]) -> str:
    """Play a case from its registration to its closing, with everything that takes words."""
    more = {"petitioner": petitioner(wanted), "content": content(wanted)}
    receipt = await huiyin.register(at=steps.REGISTERED_AT, person_count=9, **more)
    case = receipt["case_id"]
    speaks = {
        "petition_id": receipt["petition_id"],
        "representatives": [petitioner(wanted) | {"consents": True}],
        "roster": wanted["name"] + wanted["document"],
    }
    ok(await huiyin.send("intake", f"/cases/{case}/representatives", speaks, role=Role.intake_clerk))
    body = {"channel": "call", "category": "other", "place": "P-1", "secrecy_requested": True} | more
    body |= {"earlier_no": receipt["registration_no"]}
    ok(await huiyin.send("intake", f"/cases/{case}/petitions", body, role=Role.petitioner), 201)
    officer = {"post": "专员", "roles": ["case_officer"], "name": wanted["officer"]}
    path = f"/units/{UNIT}/officers/co-1"
    ok(await huiyin.send("assignment", path, officer, role=Role.platform_admin, method="PUT"))
    ok(await huiyin.classify(case, at=steps.REGISTERED_AT))
    ok(await huiyin.forward(case, at=steps.HANDED_AT))
    ok(await huiyin.notify(case, at=steps.NOTIFIED_AT))
    for kind in ("statement_heard", "facts_verified"):
        number = await steps.document(huiyin, case, text=f"{wanted['name']}述称：{wanted['document']}")
        ok(await act(huiyin, case, "records", {"kind": kind, "document": number}, at=steps.HEARD_AT))
    body = steps.opinion(await steps.document(huiyin, case, "opinion"), "explain")
    ok(await steps.issue(huiyin, case, body, at=steps.HEARD_AT))
    ok(await act(huiyin, case, "opinion/service", {"method": "post", "receipt": "EMS-2"}, at=steps.SERVED_AT))
    ok(await act(huiyin, case, "closure", {}, at=steps.CLOSED_AT))
    async with huiyin.sql() as db:
        items = await db.fetch("SELECT id FROM intake.vault_item WHERE case_id = $1", UUID(case))
    headers = {"Huiyin-Actor": OFFICER, "Huiyin-Unit": BUREAU, "Huiyin-Role": "case_officer"}
    read = ""
    for item in items:
        url = f"{huiyin.url('intake')}/cases/{case}/contents/{item['id']}?purpose=handling"
        read += (await huiyin.client.get(url, headers=headers)).text
    assert all(wanted[field] in read for field in wanted if field not in {"officer", "wrong", *FILE, *ELSEWHERE})
    code = receipt["query_code"]
    ok(await huiyin.by_code(code))
    await hand_in(Sender(huiyin, case), Sender(huiyin, case, huiyin.sessions[code]), wanted)
    wanted.update(code=code, compact=code.replace("-", ""), token=huiyin.sessions[code])
    return case


async def hand_in(officer: Sender, own: Sender, wanted: dict[str, str]) -> None:
    """Hand files in that say who somebody is: in what they say and are called, and in what a camera writes beside them."""
    file, row = await officer.examined("text", wanted["file"].encode() * 50, name=wanted["file_name"] + ".txt")
    assert row["state"] == "ready"
    assert wanted["file"] in (await officer.read(file)).text
    taken = photo(place=wanted["place"])
    picture, row = await own.examined("jpeg", taken, name=wanted["photo_name"] + ".jpg")
    assert row["state"] == "ready"
    assert (await own.read(picture)).content == taken
    shown = (await officer.read(picture)).content
    assert shown.startswith(b"\xff\xd8")
    assert not scan({"shown": shown}, wanted)
    await own.examined("text", wanted["own_file"].encode() * 50, name=wanted["own_name"])
    await officer.examined("text", b"\xe6\x9f\x90" * 50, name=wanted["copy_name"], original=file)
    half = ok(await own.announce("text", 1_000, name=wanted["half_name"]), 201)["file_id"]
    await own.append(half, 0, wanted["half"].encode() * 20)
    assert (await own.give_up(half)).status_code == 204
    unfit = ok(await officer.announce("pdf", 1_000), 201)["file_id"]
    assert (await officer.append(unfit, 0, (wanted["unfit"] * 50).encode()[:1_000])).status_code == 422


async def refusals(huiyin: System, wanted: dict[str, str], case: str) -> bytes:
    """Put canaries where they do not belong; return everything that was answered."""
    said, wrong, key = [], wanted["wrong"], uuid4()

    async def send(service: str, path: str, body: Any, role: Role = Role.intake_clerk, **more: Any) -> None:
        reply = await huiyin.send(service, path, body, role=role, **more)
        assert 400 <= reply.status_code < 500, reply.text
        said.append(reply.content + repr(sorted(reply.headers.items())).encode())

    def filed(**more: Any) -> dict[str, Any]:
        good = {"channel": "call", "category": "other", "place": "P-1"}
        return good | {"petitioner": petitioner(wanted), "content": content(wanted)} | more

    for field in ("channel", "category", "person_count"):  # what cannot be read there was not told (0030)
        reply = await huiyin.send("intake", "/petitions", filed(**{field: wrong}), role=Role.intake_clerk)
        assert reply.status_code == 201, reply.text
    for field in ("received_at", "petitioner", "content", wrong):
        await send("intake", "/petitions", filed(**{field: wrong}))
    await send("intake", "/petitions", filed(petitioner=petitioner(wanted) | {wrong: wrong}))
    await send("intake", "/petitions", filed(content=content(wanted) | {"further_claims": [{wrong: wrong}]}))
    await send("intake", f"/cases/{case}/classification", {"kind": wrong * 99_999}, Role.bureau_officer)
    await send("intake", "/petition-sessions", {"query_code": wrong}, Role.petitioner)
    said.append((await huiyin.with_session(wanted["token"] + "x", "/progress")).content)
    await send("intake", "/petitions", filed(), Role.auditor)
    ok(await huiyin.send("intake", "/petitions", filed(), role=Role.intake_clerk, key=key), 201)
    await send("intake", "/petitions", filed(channel="fax"), key=key)
    await send("intake", f"/cases/{uuid4()}/petitions", filed())
    await send("intake", f"/cases/{quote(wrong)}/petitions", filed())
    await send("intake", f"/cases/{case}/documents", {"kind": wrong, "text": wanted["document"]}, Role.case_officer)
    await send("mediation", f"/cases/{case}/closure", {wrong: wrong}, Role.case_officer, unit=UNIT)
    await send("mediation", f"/cases/{case}/opinion", {"result": wrong, "legal_basis": [wrong]}, Role.case_officer)
    await send("assignment", f"/units/{quote(wrong)}", {"name": wrong}, Role.platform_admin, method="PUT")
    await send("intake", f"/cases/{case}/files", {"media": wrong, "size_bytes": wrong, "sha256": wrong})
    await send("intake", f"/cases/{case}/files", {"media": "pdf", "size_bytes": 9, "original": wrong, wrong: wrong})
    await send("intake", "/bulk-looks", {"purpose": wrong, "count": wrong}, Role.unit_head)
    await send("intake", f"/cases/{case}/erasures", {wrong: wrong, "petition_id": wrong}, Role.unit_head)
    await send("intake", f"/cases/{case}/emergency-accesses", {"why": wrong, wrong: wrong}, Role.case_officer)
    await send("intake", f"/erasures/{quote(wrong)}/holds", {"until": wrong}, Role.supervisor)
    await send("assignment", f"/changes/{quote(wrong)}/approval", {}, Role.platform_admin)
    sender = Sender(huiyin, case)
    said += [(await sender.append(quote(wrong), 0, wanted["file"].encode())).content]
    said += [(await sender.read(quote(wrong))).content, (await sender.read(str(uuid4()), Range=f"bytes={key}")).content]
    spoken = quote(wanted["header"])
    for name in (
        "User-Agent",
        "Origin",
        "Referer",
        "Cookie",
        "Authorization",
        "If-Match",
        "Accept",
        "Range",
    ):
        for value in (spoken, base64.b64encode(wanted["header"].encode()).decode()):
            reply = await huiyin.client.get(f"{huiyin.url('intake')}/cases/{case}", headers={name: value}, auth=None)
            said.append(reply.content + repr(sorted(reply.headers.items())).encode())
    for service, path in (
        ("intake", f"/cases/{case}/contents/{uuid4()}?purpose={quote(wrong)}"),
        ("intake", f"/cases/{case}/files/{uuid4()}?purpose={quote(wrong)}"),
        ("intake", f"/cases?state={quote(wrong)}"),
        ("intake", f"/{quote(wrong)}"),
        ("accountability", f"/cases/{case}?at={quote(wrong)}"),
    ):
        reply = await huiyin.client.get(huiyin.url(service) + path)
        assert 400 <= reply.status_code < 500, reply.text
        said.append(reply.content)
    return b"\n".join(said)


async def failures(huiyin: System, wanted: dict[str, str], case: str) -> bytes:
    """Let something unexpected go wrong while text, code or token is in the hands of the service; return the answers."""
    spoilt = {"vault_item": "kind", "petition_session": "expires_at", "file_part": "digest"}
    sender = Sender(huiyin, case)
    size = len(wanted["file"].encode()) * 100
    half = ok(await sender.announce("text", size, name=wanted["file_name"]), 201)["file_id"]
    async with huiyin.sql() as db:
        for table, column in spoilt.items():
            await db.execute(f"ALTER TABLE intake.{table} RENAME COLUMN {column} TO spoilt")
    try:
        body = {"kind": "record", "text": wanted["document"]}
        replies = [
            await huiyin.send("intake", f"/cases/{case}/documents", body, role=Role.case_officer),
            await huiyin.log_in(wanted["code"]),
            await huiyin.with_session(wanted["token"], "/progress"),
            await sender.append(half, 0, wanted["file"].encode() * 100),
        ]
    finally:
        async with huiyin.sql() as db:
            for table, column in spoilt.items():
                await db.execute(f"ALTER TABLE intake.{table} RENAME COLUMN spoilt TO {column}")
    assert [reply.status_code for reply in replies] == [500] * len(replies), [reply.text for reply in replies]
    return b"\n".join(reply.content for reply in replies)
