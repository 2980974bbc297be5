"""The token says who; which posts they hold on the day the directory says, and nobody acts as more than that."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from contracts.vocabulary import Level, Role
from services.chassis.directory import NO_POSTS, Deputy, Directory, Entry, Post
from services.chassis.errors import DomainError
from services.chassis.identity.tokens import NotAuthenticated, Tokens
from services.chassis.identity.who import PLATFORM, Identity, NotYourPost, PostNotChosen, Who
from tests.acting import Trusting
from tests.issuer import Issuer

TODAY, LATER = date(2026, 3, 2), date(2026, 3, 20)
BOTH = Post((Role.case_officer, Role.unit_receiver))


def county(**officers: Post) -> Directory:
    deputies = {"head": Deputy("li", date(2026, 3, 1), date(2026, 3, 10))}
    head = Post((Role.unit_head,))
    unit = Entry("RSJ", "人社局", Level.county, officers={"head": head, **officers}, deputies=deputies)
    gone = Entry("OLD", "劳动局", Level.county, successors=("RSJ",), officers={"li": head})
    return Directory.of([unit, gone, Entry("JYJ", "教育局", Level.county, officers={"zhao": head})])


class Known:
    """A directory as one process knows it, and as it is by now."""

    def __init__(self, current: Directory, newer: Directory | None = None) -> None:
        self.current, self.newer = current, newer

    async def in_force(self) -> Directory:
        return self.current

    async def renew(self, used: Directory, *, patience_seconds: float) -> bool:
        before, self.current = used, self.newer or self.current
        return self.current is not before


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    made = Issuer()
    yield made
    made.close()


@pytest.fixture
def tokens(issuer: Issuer) -> Tokens:
    told: Any = SimpleNamespace(oidc_issuer=issuer.url, oidc_audience="huiyin", oidc_claim="preferred_username")
    return Tokens(told)


def knowing(tokens: Tokens, *directories: Directory) -> Identity:
    return Identity(tokens, Known(*directories))  # type: ignore[arg-type]  # what of it is asked here


async def refuses(
    error: type[DomainError], identity: Identity, bearer: str | None, post: str | None, on: date = TODAY
) -> None:
    with pytest.raises(error):
        await identity.who(bearer, post, on)


async def test_nobody_acts_without_a_token(tokens: Tokens):
    identity = knowing(tokens, county(li=BOTH))
    await refuses(NotAuthenticated, identity, None, "RSJ/case_officer")
    await refuses(NotAuthenticated, identity, "x.y.z", "RSJ/case_officer")


async def test_somebody_acts_as_one_of_their_posts(tokens: Tokens, issuer: Issuer):
    identity = knowing(tokens, county(li=BOTH))
    li = issuer.token("li")
    assert await identity.who(li, "RSJ/case_officer", TODAY) == Who("li", "RSJ", Role.case_officer)
    assert await identity.who(issuer.token("zhao"), None, TODAY) == Who("zhao", "JYJ", Role.unit_head)
    await refuses(PostNotChosen, identity, li, None)
    for wrong in ("RSJ", "RSJ/king", "", "/"):
        await refuses(PostNotChosen, identity, li, wrong)
    for foreign in ("JYJ/unit_head", "RSJ/reviewer", "RSJ/system", "RSJ/petitioner", "platform/platform_admin"):
        await refuses(NotYourPost, identity, li, foreign)
    await refuses(NotYourPost, identity, issuer.token("nobody"), None)


async def test_a_deputy_acts_in_their_days(tokens: Tokens, issuer: Issuer):
    identity, li = knowing(tokens, county(li=BOTH)), issuer.token("li")
    assert await identity.who(li, "RSJ/unit_head", TODAY) == Who("li", "RSJ", Role.unit_head)
    await refuses(NotYourPost, identity, li, "RSJ/unit_head", LATER)


async def test_of_a_unit_that_is_no_more_nobody_has_a_post(tokens: Tokens, issuer: Issuer):
    await refuses(NotYourPost, knowing(tokens, county()), issuer.token("li"), "OLD/unit_head")


async def test_who_is_entered_acts_at_once_and_who_is_gone_no_more(tokens: Tokens, issuer: Issuer):
    """What is not known here yet is asked for before anybody is refused."""
    li = issuer.token("li")
    before, after = county(), county(li=BOTH)
    assert (await knowing(tokens, before, after).who(li, "RSJ/case_officer", TODAY)).actor == "li"
    await refuses(NotYourPost, knowing(tokens, before), li, "RSJ/case_officer")


async def test_nobody_is_a_system_or_a_petitioner_by_the_directory(tokens: Tokens, issuer: Issuer):
    """Nor keeps the platform running: that is proved, and not entered."""
    identity = knowing(tokens, county(li=Post((*NO_POSTS, Role.case_officer))))
    for role in NO_POSTS:
        await refuses(NotYourPost, identity, issuer.token("li"), f"RSJ/{role}")
    assert await identity.who(issuer.token("li"), "RSJ/case_officer", TODAY) == Who("li", "RSJ", Role.case_officer)


async def relieved(identity: Identity, li: str) -> None:
    """Somebody acts, is relieved of their post, and acts no more, with the very same token."""
    assert (await identity.who(li, "RSJ/case_officer", TODAY)).actor == "li"
    identity.directories.current = county()
    await refuses(NotYourPost, identity, li, "RSJ/case_officer")


async def test_who_is_relieved_acts_no_more(tokens: Tokens, issuer: Issuer):
    """Promise 38."""
    await relieved(knowing(tokens, county(li=BOTH)), issuer.token("li"))


async def test_checker_sees_posts_that_are_remembered(tokens: Tokens, issuer: Issuer, monkeypatch: pytest.MonkeyPatch):
    """Mutant: what somebody is, is asked once."""
    remembered, real = {}, Directory.posts_of
    monkeypatch.setattr(Directory, "posts_of", lambda self, who, on: remembered.setdefault(who, real(self, who, on)))
    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        await relieved(knowing(tokens, county(li=BOTH)), issuer.token("li"))


async def test_who_keeps_the_platform_running_does_nothing_else(tokens: Tokens, issuer: Issuer):
    identity = knowing(tokens, county())
    root = issuer.token("root", Role.platform_admin)
    expected = Who("root", PLATFORM, Role.platform_admin)
    assert (
        await identity.who(root, None, TODAY) == await identity.who(root, "platform/platform_admin", TODAY) == expected
    )
    await refuses(NotYourPost, identity, root, "RSJ/unit_head")
    await refuses(NotYourPost, identity, issuer.token("nobody", "auditor", "system"), None)


async def unopened(_: str) -> Who | None:
    """Open no session to anybody."""
    return None


async def test_a_service_is_a_system_and_the_door_speaks_for_petitioners(tokens: Tokens, issuer: Issuer):
    identity, at_the_door = knowing(tokens, county()), knowing(tokens, county())
    at_the_door.sessions = unopened
    door, other, window = (issuer.token("x", azp=f"huiyin-{name}") for name in ("intake", "mediation", "window"))
    assert await identity.who(other, None, TODAY) == Who("system:mediation", PLATFORM, Role.system)
    for one, speaker, stranger in ((identity, door, window), (at_the_door, window, door)):
        assert await one.who(speaker, "RSJ/petitioner", TODAY) == Who("petitioner", "RSJ", Role.petitioner)
        await refuses(NotYourPost, one, stranger, "RSJ/petitioner")
        await refuses(NotYourPost, one, other, "RSJ/petitioner")
    await refuses(NotYourPost, identity, door, "RSJ/unit_head")
    await refuses(NotYourPost, identity, issuer.token("huiyin-intake"), None)


async def words_at_a_window(tokens: Tokens, issuer: Issuer) -> None:
    """Somebody comes to the window of a unit; it stands in events, and so nobody writes there what they like."""
    window, named = issuer.token("x", azp="huiyin-window"), Directory.of([Entry("NEW", "新局", Level.county)])
    identity, hears = knowing(tokens, county()), knowing(tokens, county(), named)
    identity.sessions = hears.sessions = unopened
    assert (await hears.who(window, "NEW/petitioner", TODAY)).unit == "NEW"
    for words in ("NEW", "王秀兰", "13812345678", "zhang-san-1949", "", "platform"):
        await refuses(NotYourPost, identity, window, f"{words}/petitioner")


async def test_promise_8_petitioner_comes_to_the_window_of_a_unit(tokens: Tokens, issuer: Issuer):
    await words_at_a_window(tokens, issuer)


async def test_checker_sees_a_window_that_is_no_units(tokens: Tokens, issuer: Issuer, monkeypatch: pytest.MonkeyPatch):
    """Mutant: whatever the window names is a unit."""
    monkeypatch.setattr(Identity, "_at_a_window", Trusting._at_a_window)
    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        await words_at_a_window(tokens, issuer)
