"""The less usual ways of handling: simply, longer, heard in public, mediated, imported, led by a leader."""

from __future__ import annotations

from typing import Final

from contracts.vocabulary import (
    Channel,
    DocumentKind,
    Forwarding,
    Milestone,
    RecommendationKind,
    Result,
    Role,
    Route,
    SupervisionReason,
)
from services.scenario.courses.common import accepted, answered, decided, ended, inquired, to_unit
from services.scenario.courses.plot import CIVIL, QUARRELS, SUGGESTED, Plot
from services.scenario.telling import Telling
from services.scenario.telling.writing import HELD_AGAINST, MEASURES, PROPOSALS, RECTIFYING, SANCTIONS


def simple(t: Telling) -> Telling:
    """What is simple is with a unit the same day, and accepted in three (信访事项简易办理办法 第四条)."""
    t.register().after(0).classify().after(0).hand_over(mode=Forwarding.forward)
    return t.after(0, 1).notify().after(0)


def _simplified(t: Telling) -> None:
    """A simple case is answered within ten working days (信访事项简易办理办法)."""
    simple(t).simplify().after(1, 2).hear().after(1, 2).verify()
    t.after(0, 1).issue(t.rng.choice((Result.support, Result.explain))).after(0).serve()
    ended(t.after(0).write(DocumentKind.simple_reply))


def _converted(t: Telling) -> None:
    """What seemed simple is not: a claim is not refused simply (信访事项简易办理办法 第五条)."""
    simple(t).simplify().after(2, 4).hear().after(1, 3).verify()
    t.after(0, 1).issue(Result.not_support, code="refusal_not_simple").after(0, 1).convert()
    ended(t.after(3, 9).issue(Result.not_support).after(0, 4).serve())


def _extended(t: Telling) -> None:
    """Longer, once, told with reasons before the sixty days are over (第三十四条)."""
    accepted(t).after(0).write(DocumentKind.acceptance_notice)
    t.after(8, 16).hear().after(12, 20).extend().after(0).write(DocumentKind.extension_notice)
    ended(t.after(12, 20).verify().after(8, 14).issue().after(0, 3).serve())


def _hearing(t: Telling) -> None:
    """A complex case is heard in public (第三十一条第六项), and told so by a paper that is refused."""
    inquired(accepted(t)).after(3, 9).open_hearing().after(0)
    t.write(DocumentKind.hearing_notice, under="notice_id").refuse_paper("notice_id").after(0).leave_paper("notice_id")
    t.after(0).correct_paper_receipt("notice_id")
    t.after(6, 9).close_hearing().after(0).write(DocumentKind.hearing_record, DocumentKind.hearing_report)
    ended(t.after(4, 12).issue().after(0, 4).serve())


def _recused(t: Telling) -> None:
    """A petitioner speaks up: an officer with an interest keeps out, and who pays back is looked into (第二十八条).

    The code is lost before anything is done by it: played once more, a code that is dead by then opens nothing.
    """
    t.register(channel=Channel.letter).after(0, 1).classify().after(0, 1).lose_code().after(0, 1).recuse_at_the_door()
    t.after(0, 2).hand_over().after(1, 5).notify().after(1, 2).add_facts().hand_in_photo()
    t.after(0, 1).recuse().after(1, 3).report_retaliation()
    ended(decided(t.after(9, 22).look_into_retaliation()))


def _mediated(t: Telling) -> None:
    """Both sides agree, the court confirms it, and it is done (第三十三条)."""
    accepted(t).after(2, 7).hear().after(1, 5).mediate().after(1, 3).talk().after(1, 5).sign((20, 40))
    t.after(0).write(DocumentKind.mediation_agreement, by=t.mediator)
    t.after(2, 9).confirm().after(3, 9).perform(2).after(1, 4).close()


def _breached(t: Telling) -> None:
    """What was agreed is void, and what is agreed anew is not done: the unit decides (人民调解法 第三十一条)."""
    accepted(t).after(2, 7).hear().after(1, 5).mediate().after(2, 9).sign((10,))
    t.after(1, 2).confirm(confirmed=False).after(1, 3).mediate().after(1, 5).sign((10,)).past(t.in_days(10)).breach()
    ended(t.after(2, 7).verify().after(2, 7).issue().after(0, 3).serve())


def _unmediated(t: Telling) -> None:
    """One side declines, later one wants no more, then both fail; the sixty days have run all the while."""
    accepted(t).after(1, 2).find_fixed_by_law().after(0, 2).offer_mediation().after(1, 3).decline()
    t.after(1, 3).mediate(wanted=True).after(1, 3).stop_mediation()
    t.after(1, 4).hear().after(1, 3).mediate(wanted=True).after(1, 3).fear_escalation().after(1, 4).fail().after(
        0, 1
    ).tell_other_ways()
    ended(t.after(2, 6).verify().after(2, 7).issue().after(0, 3).serve())


def _suggestion(t: Telling) -> None:
    """A suggestion is studied and answered (第二十九条)."""
    accepted(t).after(6, 20).reply().after(0).write(DocumentKind.suggestion_reply)
    t.after(2, 9).rate().after(1, 9).close()


def _imported(t: Telling) -> None:
    """The law has another procedure for it, which takes it the second time; it stays in sight (第三十一条)."""
    accepted(t).after(2, 9).import_().after(1, 3).not_docketed().after(1, 3).import_()
    t.after(0).write(DocumentKind.route_notice)
    t.after(3, 12).docket().after(1, 9).close()


def _reported(t: Telling) -> None:
    """Whoever assigned the case gets a report of the result (第二十二条第三项)."""
    t.register().after(0, 2).classify().after(0, 2).hand_over(mode=Forwarding.assign)
    t.after(0).write(DocumentKind.assignment_letter, by=t.officer)
    answered(t).after(0).write(DocumentKind.closure_report).after(2, 6).assess()
    ended(t)


def _report_returned(t: Telling) -> None:
    """An officer steps aside (第二十八条第三款); a report that says too little is given back."""
    decided(accepted(t, Forwarding.assign).after(1, 3).step_aside()).after(1, 3).return_report().after(2, 6).report()
    ended(t)


def _execution_refused(t: Telling) -> None:
    """Of two claims one is granted, which is refused; a supervisor steps in, and then it is done (第四十二条第四项)."""
    answered(to_unit(t.ask_for_more()), Result.support).after(0).write(DocumentKind.opinion).after(
        3, 9
    ).order_execution()
    t.past(t.in_days(15)).refuse_execution()
    t.after(1, 3).supervise(SupervisionReason.opinion_not_executed)
    t.after(3, 8).execute().after(0, 2).answer_supervision().remedy_over().close()


def _promised(t: Telling) -> None:
    """A promise is a task with a day, and the case stays open until it is kept."""
    answered(to_unit(t), Result.explain).after(0, 2).promise(45)
    t.remedy_over().close(code="commitment_unkept").after(1, 6).keep_promise().after(0, 3).close()


def _aided(t: Telling) -> None:
    """Whoever cannot live without help is told of it and gets it, whatever the answer is (第三十七条第二款)."""
    accepted(t).after(1, 4).refer_aid().after(1, 3).ask_fund().after(2, 6).pay_fund()
    ended(decided(t).after(0, 1).find_hardship().after(1, 4).refer_aid())


def _rated(t: Telling) -> None:
    """The petitioner says what they think (第二十一条第二款), and comes again, and is told how it has ended."""
    answered(to_unit(t)).after(2, 14).rate()
    ended(t)
    t.after(6, 20).repeat().after(1, 5).answer_repeat()


def _sponsored(t: Telling) -> None:
    """A leader answers for the case, by a plan, until the scheme is complete (第十八条第二款)."""
    accepted(t).after(0, 2).sponsor()
    t.after(2, 6).hear().reach(Milestone.met_petitioner)
    t.after(1, 3).hand_over_sponsorship()
    t.after(4, 9).verify().reach(Milestone.facts_verified)
    t.after(5, 12).issue(Result.explain).after(0, 3).serve().reach(Milestone.answered)
    t.after(2, 6).complete_six_one().release_early().remedy_over().close().after(0, 3).release()


def _instructed(t: Telling) -> None:
    """A leader writes on a letter what has to be done, to the wrong unit first (第十八条第二款)."""
    accepted(t).after(1, 3).instruct(t.mistaken_unit(t.holder)).after(1, 2).redirect()
    decided(t).after(0, 2).answer_instruction()
    ended(t)


def _recommended(t: Telling) -> None:
    """What a case shows about the work of a unit is said to it, and it answers in writing (第四十条)."""
    answered(to_unit(t))
    for kind in (RecommendationKind.improve_work, RecommendationKind.improve_policy):
        t.after(3, 9).recommend(kind).after(0).write(PROPOSALS[kind], by=t.supervisor, of="recommendation_id")
        t.after(9, 20).answer_recommendation(adopted=t.chance(0.8))
    ended(t)


def _responsible(t: Telling) -> None:
    """Who lets a petitioner wait without reason answers for it (第四十条第三款, 第四十二条)."""
    accepted(t).after(9, 22).hear().past_period("C5", t.noticed_at, by=(2, 5)).supervise()
    t.after(0).write(DocumentKind.supervision_card, DocumentKind.supervision_letter, of="supervision_id")
    t.after(0, 2).recommend(RecommendationKind.pursue_responsibility).after(0)
    t.write(DocumentKind.accountability_proposal, by=t.supervisor, of="recommendation_id").write_correction()
    secretary = t.anybody(Role.conference_secretary)
    t.after(0).write(*MEASURES, by=secretary)
    for kind in RECTIFYING:
        t.write(kind, by=secretary, under=kind)
    t.write(DocumentKind.rectification_report)
    for kind in RECTIFYING:
        t.after(1, 2).report_correction(kind)
    t.after(1, 3).verify().after(1, 3).issue().after(0, 1).serve().after(0, 1).report_correction()
    t.after(0).answer_supervision().after(0, 2).answer_recommendation(adopted=True)
    who = t.anybody(Role.discipline_officer)
    t.after(1, 3).write(*HELD_AGAINST, by=who, of="recommendation_id")
    t.after(1, 2).decide_responsibility(who).after(0).write(*SANCTIONS, by=who, of="recommendation_id")
    ended(t)


WAYS_ON: Final = {
    "simplified": Plot(1, _simplified, 85),
    "converted": Plot(1, _converted, 100),
    "extended": Plot(1, _extended, 150),
    "hearing": Plot(1, _hearing, 140),
    "recused": Plot(1, _recused, 115),
    "mediated": Plot(1, _mediated, 110, categories=QUARRELS),
    "breached": Plot(1, _breached, 130, categories=QUARRELS),
    "unmediated": Plot(1, _unmediated, 125, categories=QUARRELS),
    "suggestion": Plot(1, _suggestion, 65, categories=SUGGESTED, suggests=True),
    "imported": Plot(1, _imported, 65, categories=CIVIL, route=Route.administrative_procedure),
    "reported": Plot(1, _reported, 115),
    "report_returned": Plot(1, _report_returned, 125),
    "execution_refused": Plot(1, _execution_refused, 140),
    "promised": Plot(1, _promised, 125),
    "aided": Plot(1, _aided, 150),
    "rated": Plot(1, _rated, 140),
    "sponsored": Plot(1, _sponsored, 120),
    "instructed": Plot(1, _instructed, 110),
    "recommended": Plot(1, _recommended, 130),
    "responsible": Plot(1, _responsible, 180),
}
