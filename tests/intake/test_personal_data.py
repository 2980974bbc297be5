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
from aiokafka import AIOKafkaConsumer

from contracts.envelope import SERVICES
from contracts.packing import pack
from contracts.vocabulary import Role
from services.chassis.kafka import connection
from tests import steps
from tests.harness import BUREAU, OFFICER, UNIT, System, legible
from tests.intake.uploads import Sender
from tests.steps import act, ok

CHARS: Final = "欧阳慕容司徒端木尉迟呼延皇甫澹台公孙轩辕令狐钟离宇文鲜于闾丘"
VAULT: Final = ("vault_key", "vault_item")
FILE: Final = ("file", "file_name")
"""What a file says, and what it is called."""
DOORS: Final = ("assignment.nameplate", "officer")
"""An officer's name may stand on the door, which is no event and can be taken down."""


def canaries(dice: random.Random) -> dict[str, str]:
    def words(count: int = 8) -> str:
        return "".join(dice.sample(CHARS, count))

    def digits(count: int) -> str:
        return "".join(dice.choice("123456789") for _ in range(count))

    fields = ("name", "address", "claim", "facts", "reasons", "document", "officer", "wrong", *FILE)
    texts = {name: words() for name in fields}
    return texts | {"id_no": digits(18), "phone": f"13{digits(9)}", "mail": f"w{digits(10)}@example.cn"}


def forms(text: str) -> dict[str, bytes]:
    """Return how a text may stand somewhere, whole."""
    plain = text.encode()
    found = {
        "utf-8": plain,
        "utf-16-le": text.encode("utf-16-le"),
        "utf-16-be": text.encode("utf-16-be"),
        "gbk": text.encode("gbk"),
        "hex": plain.hex().encode(),
        "HEX": plain.hex().upper().encode(),
        "url": quote(text).encode(),
        "url lower": quote(text).lower().encode(),
        "json": text.encode("unicode_escape"),
        "reversed": plain[::-1],
    }
    for shift in range(3):  # a text in the middle of something that was encoded whole
        encoded = base64.b64encode(b"\0" * shift + plain)
        inner = encoded[(0, 2, 3)[shift] : len(encoded) - (4 if encoded.endswith(b"=") else 0)]
        found[f"base64 {shift}"] = inner
        found[f"base64url {shift}"] = inner.replace(b"+", b"-").replace(b"/", b"_")
    return found


def scan(places: dict[str, bytes], wanted: dict[str, str]) -> list[tuple[str, str, str]]:
    """Return where which canary stands in which form."""
    needles = [(field, form, needle) for field, text in wanted.items() for form, needle in forms(text).items()]
    return [(place, field, form) for place, data in places.items() for field, form, n in needles if n in data]


async def tables(system: System) -> dict[str, bytes]:
    """Return every table of every service as bytes, except the vault."""
    found = {}
    async with system.sql() as db:
        names = await db.fetch(
            "SELECT table_schema AS s, table_name AS t FROM information_schema.tables "
            "WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"
        )
        for schema, table in names:
            if schema == "intake" and table in VAULT:
                continue
            rows = await db.fetch(f"SELECT * FROM {schema}.{table}")
            values = (value for row in rows for value in row.values())
            found[f"{schema}.{table}"] = b"\n".join(
                legible(v) if isinstance(v, bytes) else str(v).encode() for v in values
            )
    return found


def files(system: System) -> bytes:
    """Return what lies in the store of files, names included."""
    lying = [path for path in system.key_file.with_name("files").rglob("*") if path.is_file()]
    return b"\n".join(part for path in lying for part in (path.name.encode(), path.read_bytes()))


async def topics(system: System) -> dict[str, bytes]:
    """Return every topic as bytes: keys, headers and values."""
    settings, found = system.settings(), {}
    for service in SERVICES:
        consumer = AIOKafkaConsumer(
            settings.topic(service), auto_offset_reset="earliest", enable_auto_commit=False, **connection(settings)
        )
        await consumer.start()
        try:
            ends = await consumer.end_offsets(consumer.assignment())
            left, parts = sum(ends.values()), []
            while left > 0:
                for records in (await consumer.getmany(timeout_ms=500)).values():
                    for r in records:
                        parts += [
                            r.key or b"",
                            r.value or b"",
                            *(part for h in r.headers for part in (h[0].encode(), h[1])),
                        ]
                        left -= 1
        finally:
            await consumer.stop()
        found[f"topic {service}"] = b"\n".join(parts)
    return found


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
    async with huiyin.processes():
        await huiyin.establish()
        case = await story(huiyin, wanted)
        answers["refusals"] = await refusals(huiyin, wanted, case)
        answers["failures"] = await failures(huiyin, wanted, case)
        await huiyin.caught_up()
        for service in SERVICES:
            url = huiyin.url(service) + "/metrics"
            answers[f"metrics {service}"] = (await huiyin.client.get(url, headers=steps.KEEPER)).content
        places = await tables(huiyin) | await topics(huiyin) | answers | {"files": files(huiyin)}

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
    ]
    assert all(places[place] for place in told), "a scan of nothing finds nothing"
    assert b"unexpected" in places["logs"]
    assert set(scan(places, wanted)) == {(*DOORS, "utf-8")}

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
    assert all(wanted[field] in read for field in wanted if field not in {"officer", "wrong", *FILE})
    sender = Sender(huiyin, case)
    file, row = await sender.examined("text", wanted["file"].encode() * 50, name=wanted["file_name"] + ".txt")
    assert row["state"] == "ready"
    assert wanted["file"] in (await sender.read(file)).text
    code = receipt["query_code"]
    ok(await huiyin.by_code(code))
    wanted.update(code=code, compact=code.replace("-", ""), token=huiyin.sessions[code])
    return case


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
    for service, path in (
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
    spoilt = {"vault_item": "kind", "petition_session": "expires_at"}
    async with huiyin.sql() as db:
        for table, column in spoilt.items():
            await db.execute(f"ALTER TABLE intake.{table} RENAME COLUMN {column} TO spoilt")
    try:
        body = {"kind": "record", "text": wanted["document"]}
        replies = [
            await huiyin.send("intake", f"/cases/{case}/documents", body, role=Role.case_officer),
            await huiyin.log_in(wanted["code"]),
            await huiyin.with_session(wanted["token"], "/progress"),
        ]
    finally:
        async with huiyin.sql() as db:
            for table, column in spoilt.items():
                await db.execute(f"ALTER TABLE intake.{table} RENAME COLUMN spoilt TO {column}")
    assert [reply.status_code for reply in replies] == [500] * len(replies), [reply.text for reply in replies]
    return b"\n".join(reply.content for reply in replies)
