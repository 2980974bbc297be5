"""What may be done, and is done in no course of the demonstration: steps to the fields that nobody fills there."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Final

from contracts.vocabulary import (
    Channel,
    ContentCategory,
    DocumentKind,
    FileMedia,
    NotAcceptedGround,
    Result,
    ReviewResult,
    Role,
    Route,
)
from services.intake.commands.cases import AttachPetition, CorrectNoticeReceipt, RegisterPetition
from services.intake.commands.files import AnnounceFile
from services.intake.commands.following import NotAccept
from services.intake.commands.grouping import SplitCase
from services.intake.commands.papers import IssuePaper
from services.intake.questions.files import AppendToUpload, Files
from services.mediation.commands.remedy import ServeRecheckAgain, ServeRecheckOnAnother
from services.scenario.county import County
from services.scenario.courses.common import decided
from services.scenario.hours import LOCAL
from services.scenario.photo import photograph
from services.scenario.step import From
from services.scenario.story import Story
from services.scenario.texts import Matter, Person
from services.scenario.year import Scene


class Further(Scene):
    """What happens in no course of the demonstration."""

    def hand_in(self, name: str) -> Further:
        """The bureau puts a photograph on file, and looks until programs have looked through it."""
        photo = photograph()
        said = {"media": FileMedia.jpeg, "size_bytes": len(photo), "name": name}
        self._do("announce_file", AnnounceFile, said, self.officer, {"file_id": "file_id"})
        self._do("send_file", AppendToUpload, {}, self.officer, content=photo)
        self._do("look_at_files", Files, {}, self.officer, {"verdict": "items.0.verdict"})
        return self


def _in_words(s: Further) -> None:
    """Who comes calls the place in their own way, and a number that is none; the bureau writes to whom it likes."""
    clerk = s.somebody(s.county.bureau, Role.intake_clerk)
    told = {"channel": Channel.letter, "category": s.matter.category, "place": "粮站后面", "content": s.matter.content}
    s.enter("register", RegisterPetition, "case_id", clerk, petitioner=_somebody(s), **told)
    again = told | {"earlier_no": "看不清的号", "petitioner": _somebody(s)}
    s.enter("attach", AttachPetition, "petition_id", clerk, **again)
    s.hand_in("门前.jpg").classify()
    fields = {
        "applicant": "本人",
        "original_opinion": "见附件",
        "request": "撤销",
        "reasons": "见附件",
        "evidence": "无",
    }
    paper = {"kind": DocumentKind.review_application, "fields": fields, "addressee": "原来的复查机关"}
    head = s.somebody(s.county.bureau, Role.unit_head).actor
    s.act("write", IssuePaper, s.officer, **paper, approved_by=head)


def _somebody(s: Further) -> dict[str, str]:
    who = Person.invent(s.rng)
    return {"name": who.name, "id_no": who.id_no, "phone": who.phone, "address": "渡口"}


def _turned_away(s: Further) -> None:
    """Who turns somebody away has typed the number of the receipt wrong."""
    s.bring_to(s.mistaken_unit()).after(0, 2)
    told = s.delivery() | {"ground": NotAcceptedGround.not_within_power, "competent_body": s.competent_unit().name}
    s.enter("not_accept", NotAccept, "version", s.receiver, key="event_version", **told)
    slip = s.paper("slip", s.receiver)
    s.act("correct_receipt", CorrectNoticeReceipt, s.receiver, receipt=s.delivery()["receipt"], document=slip)


def _divided(s: Further) -> None:
    """A letter holds two matters, in one of which more than one thing is asked for."""
    more = {"further_claims": ["还有一事"], "reasons": "理由见信"}
    first = {"category": s.matter.category, "place": s.place.code, "content": {**s.matter.content, **more}}
    s.register(channel=Channel.letter).after(0, 2)
    s.act("split", SplitCase, s.officer, parts=[first, first | {"category": ContentCategory.other}])


def _heard_to_the_end(s: Further) -> None:
    """Two have the last word of the procedure, the first of them twice (第三十六条)."""
    s.register(channel=Channel.letter, case="older_case", neighbour=Person.invent(s.rng))
    s.after(1, 2).register(channel=Channel.letter).turn_to("older_case")
    s.after(0, 1).find_duplicate("case_id", of_neighbours=True).after(0).merge("case_id")
    s.after(0, 2).classify().after(0, 2).hand_over().after(1, 3).notify().after(0).notify_neighbour()
    decided(s, Result.not_support).after(0, 2).serve_neighbour().after(2, 9).ask_review()
    s.after(3, 9).review(ReviewResult.uphold).after(0, 2).review_for_neighbour().after(1, 3).serve_review_again()
    s.after(2, 9).ask_recheck().after(3, 9).recheck(ReviewResult.uphold).after(1, 2)
    s.act("serve_recheck_again", ServeRecheckAgain, s.reviewer, **s.delivery())
    to = {"petition_id": From("neighbours_id")}
    s.act("recheck_for_neighbour", ServeRecheckOnAnother, s.reviewer, **to, **s.delivery())


FURTHER: Final[Sequence[Callable[[Further], None]]] = (_in_words, _turned_away, _divided, _heard_to_the_end)


def further(county: County) -> Iterator[Story]:
    """Yield the courses that are no part of the demonstration."""
    for number, tell in enumerate(FURTHER):
        rng, category = random.Random(number), ContentCategory.unpaid_wages
        place = rng.choice(county.villages())
        start = datetime(2026, 3, 2, 9, tzinfo=LOCAL)
        s = Further(county, rng, Matter(rng, category, place.name), place, start, Route.petition_procedure)
        tell(s)
        yield Story(-100 - number, tell.__name__, category, tuple(s.steps), s.secrets)
