"""What is released: unchanged in the repository, and every way of damaging it is found."""

from __future__ import annotations

import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest

from contracts import release, samples
from contracts.event import UPCASTS
from contracts.schema import METADATA, declared, digest, schemas

NAME = "intake.CaseRegistered.v1"


def rewritten(root: Path, name: str, **words: Any) -> None:
    """Make the copy one in which another schema was released under the name."""
    home = root / release.HOME
    path = home / f"{name}.json"
    schema = msgspec.json.decode(path.read_bytes())
    before, schema = digest(schema), schema | words
    path.write_bytes(msgspec.json.encode(schema))
    lock = (home / "LOCK").read_text()
    (home / "LOCK").write_text(lock.replace(before, digest(schema)))


def released(root: Path, name: str) -> dict[str, Any]:
    return msgspec.json.decode((root / release.HOME / f"{name}.json").read_bytes())


class TestRepository:
    def test_release_is_unchanged(self, root: Path) -> None:
        assert release.check(root) == []

    def test_lock_holds_every_schema_and_sample(self, home: Path) -> None:
        lines = (home / "LOCK").read_text().splitlines()
        assert lines == sorted(lines, key=lambda line: line.partition("  ")[2])
        locked = dict(reversed(line.split("  ")) for line in lines)
        assert locked.keys() >= {METADATA, *declared(), *(f"samples/{n}" for n in declared())}
        assert {n: locked[n] for n in schemas()} == {n: digest(s) for n, s in schemas().items()}
        for path in (home / "samples").iterdir():
            assert locked[f"samples/{path.stem}"] == sha256(path.read_bytes()).hexdigest()

    def test_checking_needs_nothing_that_only_developers_have(self, root: Path) -> None:
        """`make up` installs what services need, and who has no more than that may want to check a release."""
        program = (
            "import sys; sys.modules |= dict.fromkeys(['yaml', 'jsonschema', 'hypothesis', 'cloudevents', 'pytest'])\n"
            "from contracts import release\nfrom pathlib import Path\nprint(release.check(Path()))"
        )
        run = [sys.executable, "-c", program]
        done = subprocess.run(run, cwd=root, capture_output=True, text=True, check=True, timeout=60)
        assert done.stdout.strip() == "[]"

    def test_generating_twice_changes_nothing(self, tmp_path: Path) -> None:
        assert len(release.generate(tmp_path)) == 2 * len(declared()) + 3
        assert release.check(tmp_path) == []
        assert release.generate(tmp_path) == []


class TestDamage:
    def problems(self, root: Path) -> str:
        """Return what is found; a refusal to generate must say the same and write nothing."""
        before = {p: p.read_bytes() for p in root.rglob("*") if p.is_file()}
        problems = release.check(root)
        assert problems
        with pytest.raises(release.Incompatible) as refusal:
            release.generate(root)
        assert str(refusal.value) == "\n".join(problems)
        assert {p: p.read_bytes() for p in root.rglob("*") if p.is_file()} == before
        return str(refusal.value)

    def test_edited_sample_is_found(self, released_copy: Path) -> None:
        path = released_copy / release.HOME / "samples" / f"{NAME}.json"
        path.write_bytes(path.read_bytes().replace(b"false", b"true").replace(b": 2,", b": 3,"))
        assert f"samples/{NAME}: the sample was edited" in self.problems(released_copy)

    def test_removed_sample_is_found(self, released_copy: Path) -> None:
        (released_copy / release.HOME / "samples" / f"{NAME}.json").unlink()
        assert f"samples/{NAME}: released, and its file is gone" in self.problems(released_copy)

    def test_sample_removed_with_its_lock_is_found(self, released_copy: Path) -> None:
        home = released_copy / release.HOME
        (home / "samples" / f"{NAME}.json").unlink()
        lines = (home / "LOCK").read_text().splitlines(keepends=True)
        (home / "LOCK").write_text("".join(n for n in lines if f"samples/{NAME}" not in n))
        assert f"{NAME}: released, and its sample is not in LOCK" in self.problems(released_copy)

    def test_edited_schema_is_found(self, released_copy: Path) -> None:
        path = released_copy / release.HOME / f"{NAME}.json"
        path.write_bytes(path.read_bytes().replace(b'"person_count"', b'"people_count"'))
        assert f"{NAME}: the released schema was edited" in self.problems(released_copy)

    def test_removed_schema_is_found(self, released_copy: Path) -> None:
        (released_copy / release.HOME / f"{NAME}.json").unlink()
        assert f"{NAME}: released, and its file is gone" in self.problems(released_copy)

    @pytest.mark.parametrize("name", [NAME, METADATA])
    def test_removed_field_is_found(self, released_copy: Path, name: str) -> None:
        properties = released(released_copy, name)["properties"] | {"fee": {"type": "integer"}}
        rewritten(released_copy, name, properties=properties)
        assert f"{name}: fee: field removed or renamed" in self.problems(released_copy)

    def test_removed_version_is_found(self, released_copy: Path) -> None:
        self.release_another(released_copy)
        assert f"{OTHER}: the version was removed" in self.problems(released_copy)

    @pytest.mark.usefixtures("registries")
    def test_retired_version_stays_documented(self, released_copy: Path) -> None:
        self.release_another(released_copy)
        UPCASTS[OTHER] = lambda body: (NAME, body)
        assert release.generate(released_copy) == [release.DOCUMENT.as_posix()]
        assert f'"./schemas/{OTHER}.json"' in (released_copy / release.DOCUMENT).read_text()
        assert release.check(released_copy) == []

    def release_another(self, root: Path) -> None:
        """Release a version in the copy that the contracts do not declare."""
        home = root / release.HOME
        schema = msgspec.json.encode(released(root, NAME))
        sample = (home / "samples" / f"{NAME}.json").read_bytes()
        (home / f"{OTHER}.json").write_bytes(schema)
        (home / "samples" / f"{OTHER}.json").write_bytes(sample)
        lines = [
            *(home / "LOCK").read_text().splitlines(),
            f"{digest(msgspec.json.decode(schema))}  {OTHER}",
            f"{sha256(sample).hexdigest()}  samples/{OTHER}",
        ]
        lines.sort(key=lambda line: line.partition("  ")[2])
        (home / "LOCK").write_text("".join(f"{line}\n" for line in lines))


OTHER = "intake.CaseEntered.v1"


def in_sample(name: str, field: str) -> bool:
    """Return whether the event had a field already when its sample was made."""
    return field in msgspec.json.decode(samples.read((release.HOME / "samples" / f"{name}.json").read_bytes()).body)


class TestChange:
    def test_added_optional_field_wants_an_explicit_generate(self, released_copy: Path) -> None:
        """The released schema is one that lacks what the class has as its optional field."""
        name, added = next((n, f) for n, c in declared().items() for f in c.body.defaults if not in_sample(n, f))
        properties = released(released_copy, name)["properties"]
        rest = {field: part for field, part in properties.items() if field != added}
        rewritten(released_copy, name, properties=rest)
        older = self.release_older_sample(released_copy, name, added)
        self.wants_generate(released_copy)
        path = released_copy / release.HOME / "samples" / f"{name}.json"
        assert path.read_bytes() == older

    def release_older_sample(self, root: Path, name: str, field: str) -> bytes:
        """Make the copy's sample one that was made before the class had the field."""
        lock, path = root / release.HOME / "LOCK", root / release.HOME / "samples" / f"{name}.json"
        text = path.read_bytes()
        body = msgspec.json.decode(samples.read(text).body)
        body.pop(field, None)
        raw = msgspec.Raw(msgspec.json.encode(body))
        older = samples.write(msgspec.structs.replace(samples.read(text), body=raw))
        path.write_bytes(older)
        hashes = (sha256(text).hexdigest(), sha256(older).hexdigest())
        lock.write_text(lock.read_text().replace(*hashes))
        return older

    def test_added_required_field_is_refused(self, released_copy: Path) -> None:
        schema = released(released_copy, NAME)
        properties = {n: p for n, p in schema["properties"].items() if n != "place"}
        required = [n for n in schema["required"] if n != "place"]
        rewritten(released_copy, NAME, properties=properties, required=required)
        (problem,) = release.check(released_copy)
        assert problem.startswith(f"{NAME}: place: new field is required")

    def test_added_value_wants_an_explicit_generate(self, released_copy: Path) -> None:
        definitions = released(released_copy, NAME)["$defs"]
        definitions["Channel"]["enum"].remove("fax")
        rewritten(released_copy, NAME, **{"$defs": definitions})
        self.wants_generate(released_copy)

    def wants_generate(self, root: Path) -> None:
        """Assert that schema and LOCK are behind the contracts and can be brought up."""
        problems = release.check(root)
        assert len(problems) == 2
        assert all("run `huiyin contracts generate`" in problem for problem in problems)
        assert len(release.generate(root)) == 2
        assert release.check(root) == []

    def test_version_taken_out_of_lock_is_free_again(self, released_copy: Path) -> None:
        home = released_copy / release.HOME
        rewritten(released_copy, NAME, properties={"fee": {"type": "integer"}})
        (home / "samples" / f"{NAME}.json").write_text("{}")
        lines = (home / "LOCK").read_text().splitlines(keepends=True)
        (home / "LOCK").write_text("".join(line for line in lines if NAME not in line))
        release.generate(released_copy)
        assert release.check(released_copy) == []

    def test_stray_file_is_found(self, released_copy: Path) -> None:
        (released_copy / release.HOME / "intake.Draft.v1.json").write_text("{}")
        (problem,) = release.check(released_copy)
        assert "intake.Draft.v1.json is of no released version" in problem

    def test_edited_document_is_found_and_made_anew(self, released_copy: Path) -> None:
        path = released_copy / release.DOCUMENT
        path.write_text(path.read_text().replace('"partitions": 12', '"partitions": 6'))
        (problem,) = release.check(released_copy)
        assert "asyncapi.json is not what the contracts make" in problem
        assert release.generate(released_copy) == [release.DOCUMENT.as_posix()]
