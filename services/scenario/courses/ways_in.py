"""The less usual ways to a unit, or past it: grouped, taken, not accepted, disputed, withdrawn, urgent."""

from __future__ import annotations

from typing import Final

from contracts.vocabulary import (
    Channel,
    ContentCategory,
    DocumentKind,
    NotAcceptedGround,
    ObjectionGround,
    Result,
    ReviewResult,
    Role,
    UrgentStage,
)
from services.scenario.courses.common import accepted, answered, decided, ended, to_unit
from services.scenario.courses.plot import CIVIL, OF_MANY, Plot
from services.scenario.telling import Telling
from services.scenario.texts import Person


def _represented(t: Telling) -> None:
    """Many come, and up to five speak for them (第二十条第三款)."""
    t.register(people=t.rng.randint(8, 46), channel=Channel.visit)
    t.after(0).name_representatives(t.rng.randint(2, 5))
    t.after(0, 1).classify().after(0, 1).hand_over()
    ended(answered(t))


def _merged(t: Telling) -> None:
    """Two clerks have registered the same matter; neither petition is dropped (第二十二条)."""
    t.register().after(0, 1).register(case="second_case").turn_to("second_case")
    t.after(0, 2).find_duplicate("case_id").after(0).merge("case_id")
    t.after(0, 2).classify().after(0, 2).hand_over()
    ended(answered(t))


def _neighbours(t: Telling) -> None:
    """Two have written about one matter, the first a week ago: the earlier day counts, and each has every answer."""
    neighbour = Person.invent(t.rng)
    t.secrets |= {neighbour.name, neighbour.id_no, neighbour.phone}
    t.register(case="older_case", channel=Channel.letter, neighbour=neighbour)
    t.after(4, 7).register(channel=Channel.letter).turn_to("older_case")
    t.after(0, 1).find_duplicate("case_id", of_neighbours=True).after(0).merge("case_id")
    t.after(0, 2).classify().after(0, 2).hand_over().after(1, 3).notify().after(0).notify_neighbour()
    decided(t, Result.not_support).after(0, 2).serve_neighbour()
    t.after(2, 9).ask_review().after(1, 5).neighbour_asks_too()
    ended(t.after(3, 9).review(ReviewResult.uphold).after(0, 2).review_for_neighbour())


def _one_of_two(t: Telling) -> None:
    """Of two who have written about one matter one does not want it any more; it goes on for the other (第十七条)."""
    neighbour = Person.invent(t.rng)
    t.secrets |= {neighbour.name, neighbour.id_no, neighbour.phone}
    t.register(case="older_case", channel=Channel.letter, neighbour=neighbour)
    t.after(1, 4).register(channel=Channel.letter).turn_to("older_case")
    t.after(0, 1).find_duplicate("case_id", of_neighbours=True).after(0).merge("case_id")
    t.after(0, 2).classify().after(0, 2).hand_over().after(1, 3).notify().after(0).notify_neighbour()
    t.after(0, 2).ask_neighbours_withdrawal()
    t.past_period("D10", t.now).confirm_neighbours_withdrawal()
    ended(decided(t))


def _split(t: Telling) -> None:
    """A letter holds two claims for two departments, which a clerk takes for one matter no more (第二十四条)."""
    other = t.rng.choice([c for c in CIVIL if c is not t.matter.category])
    t.register(channel=Channel.letter).after(0, 2).split(other).turn_to("first_part").after(0).dismiss_duplicate(
        "second_part"
    )
    t.after(0, 2).classify().after(0, 2).hand_over()
    ended(answered(t))


def _taken(t: Telling) -> None:
    """Somebody goes to the competent unit itself, which keeps the case (第二十三条第一款)."""
    t.bring_to(t.competent_unit()).after(0, 1).take()
    ended(answered(t))


def _not_accepted(t: Telling) -> None:
    """Not accepted, in writing, with the way; put right where that was wrong (第十九条, 第二十条, 第四十四条)."""
    if t.chance(0.5):
        t.register().after(0, 1).classify().after(0, 1).hand_over().after(0, 1).notify().after(0, 1)
        t.register(case="second_case").turn_to("second_case")
        t.after(1, 5).not_accept(NotAcceptedGround.pending_below, t.holder.name, "case_id")
        ended(decided(t.turn_to("case_id")))
    else:
        t.bring_to(t.mistaken_unit()).after(0, 2)
        right = t.competent_unit()
        t.not_accept(NotAcceptedGround.visit_above_level, right.name, by=t.receiver, code="not_above_level")
        t.after(0, 2).not_accept(NotAcceptedGround.not_within_power, right.name, by=t.receiver).after(0)
        t.write(DocumentKind.non_acceptance_notice, by=t.receiver).after(1, 2).write_correction()
        t.after(0, 2).report_correction().after(0, 1).hand_over(right)
        ended(answered(t))


def _disputed(t: Telling) -> None:
    """Two units quarrel; the joint conference says who leads and who helps (第二十四条)."""
    t.register().after(0, 2).classify().after(0, 2)
    right = t.competent_unit()
    wrong = t.mistaken_unit(right)
    t.hand_over(wrong).after(1, 2).object(ObjectionGround.other_unit_competent, right)
    t.after(0).write(DocumentKind.objection, by=t.receiver)
    t.after(0, 1).refer((wrong, right))
    t.after(2, 6).designate(right, (wrong,)).after(0).write(DocumentKind.jurisdiction_decision, by=t.arbiter)
    t.after(1, 5).notify().after(2, 9).hear().after(3, 8).verify().after(1, 5).give_part(wrong)
    ended(t.after(2, 9).issue().after(0, 4).serve())


def _joined(t: Telling) -> None:
    """The unit that objected has to lead all the same, and the other one helps (第二十四条)."""
    to_unit(t)
    lead = t.holder
    helper = t.mistaken_unit(lead)
    t.after(1, 2).object(ObjectionGround.other_unit_competent, helper)
    t.after(0, 1).refer((lead, helper))
    t.after(2, 6).designate(lead, (helper,))
    t.after(1, 5).notify().after(2, 9).hear().after(3, 8).verify().after(1, 5).give_part(helper)
    ended(t.after(2, 9).issue().after(0, 4).serve())


def _bounced(t: Telling) -> None:
    """Given back twice, the case is not handed on again: somebody above says whose it is (第二十四条)."""
    t.register().after(0, 2).classify().after(0, 2)
    right = t.competent_unit()
    first = t.mistaken_unit(right)
    second = t.mistaken_unit(right, first)
    for wrong in (first, second):
        t.hand_over(wrong).after(1, 2).object(ObjectionGround.other_unit_competent, None)
        t.after(0, 2).decide(upheld=True).after(0, 1)
    t.hand_over(right, code="too_many_bounces")
    t.after(0, 1).refer((second, right))
    ended(answered(t.after(1, 4).designate(right)))


def _accused(t: Telling) -> None:
    """The petitioner complains of the unit that has the case, and of one that helps; neither keeps it (第二十八条).

    Its head, who led the case, does so no longer either.
    """
    to_unit(t)
    first, helper = t.holder, t.mistaken_unit(t.holder)
    t.after(1, 2).object(ObjectionGround.other_unit_competent, helper)
    t.after(0, 1).refer((first, helper))
    t.after(2, 6).designate(first, (helper,))
    t.after(0, 1).be_led_by(t.head).accuse(helper.code).after(0, 1).accuse(first.code)
    t.hand_over(first, code="others_keep_out")
    t.after(0, 2).be_led_by(t.anybody(Role.sponsor_leader)).hand_over(t.another_unit(first, helper))
    ended(answered(t))
    t.after(0, 3).release()


def _withdrawal_revoked(t: Telling) -> None:
    """The petitioner wishes to withdraw and thinks again, and the case goes on as it was (第十七条)."""
    accepted(t).after(2, 6).ask_withdrawal().after(2, 9).think_again()
    ended(decided(t))


def _withdrawn(t: Telling) -> None:
    """Nobody confirms a withdrawal before the petitioner had fifteen days to think again."""
    accepted(t).after(2, 9).ask_withdrawal()
    asked = t.now
    t.after(2, 5).confirm_withdrawal(code="cooling_off")
    t.past_period("D10", asked).confirm_withdrawal().after(0)
    t.write(DocumentKind.withdrawal_confirmation, by=t.officer)


def _urgent(t: Telling) -> None:
    """What may affect the public is told upwards at once, and again (第二十五条)."""
    t.early().register(channel=Channel.call).after(0).note_urgency().after(0).report_urgency(UrgentStage.first)
    t.after(0).classify().after(0).hand_over()
    t.after(0).report_urgency(UrgentStage.follow_up).after(0).write(DocumentKind.urgent_report, by=t.officer)
    ended(answered(t))


WAYS_IN: Final = {
    "represented": Plot(2, _represented, 110, categories=OF_MANY),
    "merged": Plot(1, _merged, 115),
    "neighbours": Plot(1, _neighbours, 180, categories=CIVIL),
    "one_of_two": Plot(1, _one_of_two, 140, categories=CIVIL),
    "split": Plot(1, _split, 115, categories=CIVIL),
    "taken": Plot(1, _taken, 110),
    "not_accepted": Plot(2, _not_accepted, 125, categories=CIVIL),
    "disputed": Plot(1, _disputed, 125, categories=CIVIL),
    "joined": Plot(1, _joined, 125, categories=CIVIL),
    "bounced": Plot(1, _bounced, 125, categories=CIVIL),
    "accused": Plot(1, _accused, 130, categories=CIVIL),
    "withdrawal_revoked": Plot(1, _withdrawal_revoked, 120),
    "withdrawn": Plot(1, _withdrawn, 60),
    "urgent": Plot(1, _urgent, 115, categories=(ContentCategory.environment, ContentCategory.public_security)),
}
