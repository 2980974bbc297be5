"""The reference data of a county: organs, departments, townships, villages, and who acts for them.

A directory holds ``county.toml``, ``units.csv`` and ``officers.csv``, as an editor or a spreadsheet saves them. They
are checked whole before anything is sent, by what the service itself would ask of them, so that a typing error is
answered with its file, line and column and never with half a county in the system.
"""

from __future__ import annotations

import asyncio
import csv
import io
import re
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from http import HTTPStatus
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final, NoReturn, Self, TypeVar
from urllib.parse import quote
from uuid import UUID, uuid5

import msgspec
from pydantic import ValidationError

from contracts.vocabulary import ContentCategory, Level, Role, Term, UnitKind
from services.assignment.commands.changes import ApproveDirectoryChange, RefuseDirectoryChange
from services.assignment.commands.directory import AppointOfficer, EstablishUnit
from services.assignment.questions.directory import ShowUnit
from services.chassis.changes import ChangeIsOver, ChangeLapsed, Outdated, OwnChange
from services.chassis.commands import Command
from services.chassis.directory import Directory, Entry
from services.chassis.errors import KeyReused
from services.chassis.files import Undecodable, decoded
from services.chassis.operations import Operation
from services.scenario.http import Client, Reply

HOME: Final = Path(__file__).resolve().parents[2] / "deploy" / "county"
"""The county that comes with the source."""
FROM_ABOVE, HELPING_OUT = "QL90498", "QL90563"
"""Who has an account, and acts for nobody of the county until somebody says so in the course of the year."""
CONNECTIONS_MAX: Final = 16
ATTEMPTS_MAX: Final = 100
"""How often an entry is attempted anew of which nothing may come any more."""
_IN_VAIN: Final = {refusal.code for refusal in (ChangeIsOver, ChangeLapsed, Outdated, KeyReused)}
"""What is said of an attempt that was refused, has lapsed, or was somebody else's."""
_KEYS: Final = UUID("0f6a1f0e-6f2b-5d0b-9d0e-0a5a4a3b7c11")
_TRUTH: Final = {"true": True, "false": False}
_SHORTENED: Final = re.compile(r"[0-9](?:\.[0-9]+)?E\+?[0-9]+", re.IGNORECASE)
_FORMULA: Final = re.compile(r"""^(?:="(.*)"|'(?=[0-9]).*)$""")
_UNIT_COLUMNS: Final = ("code", "name", "level", "parent", "sector_superior", "powers", "competent")


_T = TypeVar("_T", bound=Term)


class CountyError(ValueError):
    """The data cannot be used; the message begins with file and line."""


class LoadError(RuntimeError):
    """The assignment service did not take a unit or an officer; it says why by a `code`."""

    def __init__(self, what: str, reply: Reply) -> None:
        super().__init__(f"{what}: {reply.status} {reply.body.decode(errors='replace')}")
        self.code = ""
        with suppress(msgspec.DecodeError):
            self.code = msgspec.json.decode(reply.body, type=dict[str, Any]).get("code", "")


@dataclass(frozen=True, slots=True)
class Unit:
    """An organ, department, township or village; `parent` is the territorial line (块)."""

    code: str
    name: str
    level: Level
    parent: str | None
    sector_superior: str | None
    """The vertical line (条)."""
    powers: tuple[ContentCategory, ...]
    competent: bool
    """Whether it may issue an opinion; a village committee and an inner office may not."""
    kind: UnitKind | None = None
    vertical_managed: bool = False
    """Whether the vertical line alone stands above it."""
    mark: str = ""
    """What the numbers of its papers begin with (机关代字)."""


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody who acts for a unit; the name is for the nameplate only."""

    officer: str
    unit: str
    post: str
    roles: tuple[Role, ...]
    name: str


@dataclass(frozen=True)
class County:
    """A whole county, checked."""

    name: str
    bureau: str
    """The petition bureau (信访局), which registers, classifies and assigns."""
    supervisor: str
    """The unit whose supervisors watch over the others."""
    units: Mapping[str, Unit]
    """By code, every unit after those above it."""
    officers: tuple[Officer, ...]

    @classmethod
    def read(cls, directory: Path) -> Self:
        """Read and check a county. Raises ``CountyError`` with file and line."""
        units = _read_units(directory / "units.csv")
        officers = _read_officers(directory / "officers.csv", units)
        return cls(units=units, officers=officers, **_read_parts(directory / "county.toml", units))

    def staff(self, unit: str, role: Role) -> list[str]:
        """Return the ids of those who act for a unit in a role."""
        return self._staff.get((unit, role), [])

    @cached_property
    def directory(self) -> Directory:
        """The units as services know them, without those who act for them."""
        return Directory.of(
            Entry(
                code=unit.code, name=unit.name, level=unit.level, kind=unit.kind, parent=unit.parent,
                sector_superior=unit.sector_superior, vertical_managed=unit.vertical_managed, competent=unit.competent,
            )
            for unit in self.units.values()
        )  # fmt: skip

    @cached_property
    def _staff(self) -> dict[tuple[str, Role], list[str]]:
        staff: dict[tuple[str, Role], list[str]] = defaultdict(list)
        for officer in self.officers:
            for role in officer.roles:
                staff[officer.unit, role].append(officer.officer)
        return dict(staff)

    def all_staff(self, role: Role) -> list[Officer]:
        """Return everybody who acts in a role, for whatever unit."""
        return [officer for officer in self.officers if role in officer.roles]

    def competent(self, category: ContentCategory) -> list[Unit]:
        """Return the county's departments, not its townships, that decide about a category."""
        return [
            unit
            for unit in self.units.values()
            if unit.competent and category in unit.powers and unit.level is Level.county
        ]

    def villages(self) -> list[Unit]:
        """Return the villages and communities: the places that petitions are about."""
        return [unit for unit in self.units.values() if unit.level is Level.village]


def _read_parts(file: Path, units: Mapping[str, Unit]) -> dict[str, str]:
    try:
        parts = tomllib.loads(decoded(file.read_bytes()))
    except (OSError, Undecodable, tomllib.TOMLDecodeError) as error:
        raise CountyError(f"{file}: {error}") from error
    wanted = {"name", "bureau", "supervisor"}
    if parts.keys() != wanted:
        raise CountyError(f"{file}: must say {', '.join(sorted(wanted))} and nothing else")
    for part in sorted(wanted - {"name"}):
        if parts[part] not in units:
            raise CountyError(f"{file}: {part} {parts[part]!r} is no unit of units.csv")
    return parts


def _read_units(file: Path) -> dict[str, Unit]:
    units: dict[str, Unit] = {}
    rows: dict[str, _Row] = {}
    for row in _rows(file, _UNIT_COLUMNS, "kind", "mark"):
        code = row.code("code")
        if code in units:
            row.fail(f"code {code} stands twice")
        units[code], rows[code] = _unit(code, row), row
    above = {code: [c for c in (u.parent, u.sector_superior) if c] for code, u in units.items()}
    for code, codes in above.items():
        for missing in (c for c in codes if c not in units):
            rows[code].fail(f"{missing} is no unit of this file")
    try:
        order = TopologicalSorter(above).static_order()
        return {code: units[code] for code in order}
    except CycleError as error:
        circle = error.args[1]
        rows[circle[0]].fail(f"stands above itself: {' → '.join(circle)}")


def _unit(code: str, row: _Row) -> Unit:
    unit = Unit(
        code=code,
        name=row.text("name"),
        level=row.term(Level, row.text("level")),
        parent=row.code_if_any("parent"),
        sector_superior=row.code_if_any("sector_superior"),
        powers=tuple(row.term(ContentCategory, word) for word in row.words("powers")),
        competent=row.one_of("competent", _TRUTH),
        kind=row.term(UnitKind, row["kind"]) if row.get("kind") else None,
        mark=row.get("mark", ""),
    )
    row.must_be(EstablishUnit, _body(unit))
    return unit


def _read_officers(file: Path, units: Mapping[str, Unit]) -> tuple[Officer, ...]:
    officers: dict[tuple[str, str], Officer] = {}
    for row in _rows(file, ("officer", "unit", "post", "roles", "name")):
        unit, officer = row.code("unit"), row.code("officer")
        if unit not in units:
            row.fail(f"unit {unit} is no unit of units.csv")
        if (unit, officer) in officers:
            row.fail(f"officer {officer} stands twice for unit {unit}")
        row.text("roles")
        roles = tuple(row.term(Role, word) for word in row.words("roles"))
        found = Officer(officer, unit, row.text("post"), roles, row.text("name"))
        row.must_be(AppointOfficer, _body(found, "unit") | {"code": unit})
        officers[unit, officer] = found
    return tuple(officers.values())


class _Row(dict[str, str]):
    """A line of a CSV file that knows where it stands."""

    def __init__(self, where: str, cells: Mapping[str, str]) -> None:
        super().__init__(cells)
        self._where = where

    def fail(self, why: str) -> NoReturn:
        raise CountyError(f"{self._where}: {why}")

    def text(self, column: str) -> str:
        return self[column] or self.fail(f"{column} is empty")

    def code(self, column: str) -> str:
        """Return a code, in the digits that all of them are written in. May raise ``CountyError``."""
        written = unicodedata.normalize("NFKC", self.text(column))
        if _SHORTENED.fullmatch(written):
            self.fail(
                f"{column} {written} is what a spreadsheet makes of a long number: format the column as text and "
                "enter the codes again"
            )
        return written

    def code_if_any(self, column: str) -> str | None:
        return self.code(column) if self[column] else None

    def words(self, column: str) -> list[str]:
        return [word.strip() for word in unicodedata.normalize("NFKC", self[column]).split(";") if word.strip()]

    def term(self, kind: type[_T], word: str) -> _T:
        try:
            return kind(word)  # type: ignore[call-arg]
        except ValueError:
            self.fail(f"{word!r} is no {kind.__name__} ({', '.join(kind)})")

    def one_of(self, column: str, choice: Mapping[str, bool]) -> bool:
        word = unicodedata.normalize("NFKC", self[column]).lower()
        if word not in choice:
            self.fail(f"{column} must be {' or '.join(choice)}, not {self[column]!r}")
        return choice[word]

    def must_be(self, command: type[Command[Any]], body: Mapping[str, Any]) -> None:
        """Ask what would be sent whether it could be. May raise ``CountyError``."""
        try:
            command.model_validate(body)
        except ValidationError as problem:
            first = problem.errors()[0]
            self.fail(f"{'.'.join(map(str, first['loc']))} {first['input']!r} cannot be entered: {first['msg']}")


def _rows(file: Path, wanted: tuple[str, ...], *optional: str) -> Iterator[_Row]:
    """Read a file whose last columns, those that are optional, may be missing.

    Spreadsheets leave out blank cells at the end of a line, or add some, and blank lines at the end of a file.
    """
    try:
        text = decoded(file.read_bytes())
        reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=_delimiter(text))
        columns = tuple(_cells(next(reader, []), 0))
        if columns not in {(*wanted, *optional[:some]) for some in range(len(optional) + 1)}:
            raise CountyError(f"{file}:1: the columns must be {','.join(wanted)}")
        for line in reader:
            cells = _cells(line, len(columns))
            if len(cells) > len(columns):
                raise CountyError(f"{file}:{reader.line_num}: must have {len(columns)} cells")
            if any(cells):
                yield _Row(f"{file}:{reader.line_num}", dict(zip_longest(columns, cells, fillvalue="")))
    except (OSError, Undecodable, csv.Error) as error:
        raise CountyError(f"{file}: {error}") from error


def _delimiter(text: str) -> str:
    """Return what stands between cells: what Excel calls Unicode text has tabs there."""
    return "\t" if "\t" in text.partition("\n")[0] else ","


def _cells(line: list[str], at_least: int) -> list[str]:
    """Return what stands in the cells of a line, without those that are blank behind the last that is wanted."""
    cells = [_FORMULA.sub(r"\1", cell.strip()).strip() for cell in line]
    while len(cells) > at_least and not cells[-1]:
        cells.pop()
    return cells


async def load(
    assignment_url: str,
    directory: Path,
    proof: Sequence[tuple[str, str]],
    second: Sequence[tuple[str, str]],
    *,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Put a county into assignment's directory; return how many units and officers it has.

    `proof` are the headers by which who keeps the platform running is believed, and `second` those of another
    person who does; one enters and the other one agrees. Only what differs is sent, under keys that follow from what
    is there and what is wanted: loading again is harmless, after a failure too, also where what was begun has lapsed,
    was refused, or was begun by the other one. Raises ``CountyError`` before anything is sent and ``LoadError``, in a
    group, where the service says no.
    """
    county = County.read(directory)
    staff: dict[str, list[Officer]] = defaultdict(list)
    for officer in county.officers:
        staff[officer.unit].append(officer)
    total, done = len(county.units) + len(county.officers), 0
    async with Client(assignment_url, CONNECTIONS_MAX) as client:
        admin = _Admin(client, proof, second)

        async def bring(unit: Unit) -> None:
            nonlocal done
            await admin.bring(unit, staff[unit.code])
            done += 1 + len(staff[unit.code])
            if progress:
                progress(done, total)

        for generation in _generations(county.units):
            async with asyncio.TaskGroup() as tasks:
                for unit in generation:
                    tasks.create_task(bring(unit))
    return total


def _generations(units: Mapping[str, Unit]) -> Iterator[list[Unit]]:
    """Those above come first: a service may refuse a unit whose superior it does not know."""
    depth: dict[str, int] = {}
    for code, unit in units.items():
        above = [c for c in (unit.parent, unit.sector_superior) if c]
        depth[code] = 1 + max((depth[c] for c in above), default=-1)
    for wanted in range(max(depth.values(), default=-1) + 1):
        yield [unit for code, unit in units.items() if depth[code] == wanted]


class _Admin:
    """The platform's administrators, who keep the directory: one enters, another one agrees."""

    def __init__(self, client: Client, proof: Sequence[tuple[str, str]], second: Sequence[tuple[str, str]]) -> None:
        self._client = client
        self._who = proof
        self._second = second

    async def bring(self, unit: Unit, officers: list[Officer]) -> None:
        """Let the directory say of a unit what the county says."""
        there = await self._send(ShowUnit.operation, {"code": unit.code}, absent={})
        version = there.pop("version", 0)
        plates = {plate.pop("officer"): plate for plate in there.pop("officers", [])}
        if not _says(there, _body(unit)):
            await self._put(EstablishUnit.operation, {"code": unit.code}, _body(unit, "code"), f"{version}")
        for officer in officers:
            wanted, plate = _body(officer, "officer", "unit"), plates.get(officer.officer, {})
            if not _says(plate, wanted):
                place = {"code": unit.code, "officer": officer.officer}
                await self._put(AppointOfficer.operation, place, wanted, f"{version} {plate}")

    async def _put(self, operation: Operation, place: Mapping[str, str], body: dict[str, Any], there: str) -> None:
        """Enter something and agree to it, in the first attempt of which something comes.

        Of a door that is put right nothing happens to the unit, so `there` says what stands on it, too. Nobody agrees
        to what is about themselves: that is entered by whoever would have agreed.
        """
        content, (one, other) = msgspec.json.encode(body), (self._who, self._second)
        for attempt in range(ATTEMPTS_MAX):
            key = uuid5(_KEYS, f"{attempt} {there} {_path(operation, place)} {content.decode()}")
            try:
                entered = await self._send(operation, place, content, key=key, who=one)
                change = {"change_id": entered["change_id"]}
                await self._send(ApproveDirectoryChange.operation, change, b"{}", key=uuid5(key, "agreed"), who=other)
            except LoadError as problem:
                if problem.code == OwnChange.code and one is self._who:
                    with suppress(LoadError):  # it is over already
                        refused = RefuseDirectoryChange.operation
                        await self._send(refused, change, b"{}", key=uuid5(key, "taken back"), who=one)
                    one, other = other, one
                elif problem.code not in _IN_VAIN or attempt == ATTEMPTS_MAX - 1:
                    raise
            else:
                return

    async def _send(
        self,
        operation: Operation,
        place: Mapping[str, str],
        body: bytes = b"",
        *,
        key: UUID | None = None,
        who: Sequence[tuple[str, str]] | None = None,
        absent: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        path = _path(operation, place)
        headers = [*(self._who if who is None else who), *([("idempotency-key", str(key))] if key else [])]
        reply = await self._client.request(operation.method, path, headers, body)
        if reply.status == HTTPStatus.NOT_FOUND and absent is not None:
            return absent
        if reply.status >= HTTPStatus.BAD_REQUEST:
            raise LoadError(f"{operation.method} {path}", reply)
        answer: dict[str, Any] = msgspec.json.decode(reply.body)
        if reply.etag is not None:
            answer.setdefault("version", int(reply.etag.strip('"')))
        return answer


def _says(there: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Return whether what is there says what is wanted, whatever else it says."""
    return {name: there.get(name) for name in wanted} == wanted


def _path(operation: Operation, place: Mapping[str, str]) -> str:
    return operation.path.format_map({name: quote(value, safe="") for name, value in place.items()})


def _body(value: Unit | Officer, *leave_out: str) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(value))  # as it is sent, and shown
    return {name: field for name, field in fields.items() if name not in leave_out}
