"""What becomes of most petitions, in time or late."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from contracts.vocabulary import (
    Channel,
    ContentCategory,
    DocumentKind,
    Forwarding,
    InformantNotice,
    ObjectionGround,
    Result,
    Role,
    Route,
)
from services.scenario.courses.common import accepted, answered, decided, ended, inquired, to_unit
from services.scenario.courses.plot import OF_MANY, STATUTORY, UNSIGNED, Plot
from services.scenario.telling import Telling
from services.scenario.telling.following import DISCIPLINE


def _prompt(t: Telling) -> None:
    ended(answered(to_unit(t)))


def _executed(t: Telling) -> None:
    answered(to_unit(t), Result.support)
    if t.chance(0.5):
        t.remedy_over().close(code="not_executed")  # promised is not done (第三十二条第二款)
    t.after(6, 20).execute().remedy_over().close()


def _late_triage(t: Telling) -> None:
    t.register().past_period("C1", t.now, by=(1, 10)).classify(late=True).after(0, 2).hand_over()
    ended(answered(t))


def _late_notice(t: Telling) -> None:
    to_unit(t).past_period("C3", t.now, by=(1, 11)).notify(late=True)
    ended(decided(t))


def _entered_late(t: Telling) -> None:
    """Told in time and entered late counts as late, until somebody else has seen the receipt (第二十一条第二款)."""
    to_unit(t)
    told_at = t.now + timedelta(1)
    t.past_period("C3", t.now, by=(1, 4)).notify(late=True, told_at=told_at)
    inquired(t.after(1, 5).bear_out("AcceptanceNotified", t.officer))
    t.past_period("C5", told_at, by=(1, 1)).extend(told_at=t.noticed_at + timedelta(50))
    ended(t.after(0, 1).bear_out("HandlingExtended", t.supervisor).after(1, 5).issue().after(0, 2).serve())


def _late_opinion(t: Telling) -> None:
    accepted(t)
    t.after(12, 22).hear().after(14, 24).verify()
    t.past_period("C5", t.noticed_at, by=(1, 4)).supervise()
    t.after(2, 6).issue(late=True).after(0, 1).serve()
    t.after(0).answer_supervision()
    ended(t)


def _days_late(t: Telling) -> None:
    """What came some days late was looked into, and a card would set nothing right (第四十条第一款)."""
    inquired(accepted(t)).past_period("C5", t.noticed_at, by=(1, 2)).issue(late=True).after(0).serve()
    ended(t.after(0, 1).spare())


def _statutory(t: Telling) -> None:
    """What a department owes by statute it does soon, and says so in its opinion (第三十一条第五项)."""
    to_unit(t).after(0, 2).notify().after(1, 2).hear().after(1, 3).verify().after(1, 2).issue().after(0, 1).serve()
    ended(t)


_REPEATS: Final = (1, 2, 3)


def _repeat(t: Telling) -> None:
    times = t.rng.choice(_REPEATS)
    accepted(t).after(2, 9).repeat()
    t.after(1, 6).hear()
    if times in _REPEATS[1:]:
        t.after(1, 5).repeat()
    t.after(2, 6).verify().after(3, 9).issue().after(0, 4).serve()
    if times == len(_REPEATS):
        t.after(3, 12).repeat()
    ended(t)


def _objection_upheld(t: Telling) -> None:
    t.register().after(0, 2).classify().after(0, 2)
    right = t.competent_unit()
    t.hand_over(t.mistaken_unit()).after(1, 2)
    t.object(ObjectionGround.other_unit_competent, right).after(0, 2).decide(upheld=True)
    t.after(0).write(DocumentKind.objection_reply, by=t.officer)
    t.after(0, 1).hand_over(right, mode=Forwarding.forward).after(0).write(DocumentKind.forwarding_letter, by=t.officer)
    ended(answered(t))


def _objection_rejected(t: Telling) -> None:
    to_unit(t).after(1, 2).object(ObjectionGround.lower_level_competent, t.town())
    ended(answered(t.after(0, 2).decide(upheld=False)))


def _late_objection(t: Telling) -> None:
    to_unit(t).past_period("C4", t.now)
    t.object(ObjectionGround.lower_level_competent, t.town(), code="objection_too_late")
    ended(answered(t))


def _hasty_closure(t: Telling) -> None:
    answered(to_unit(t)).after(4, 14).close(code="review_still_open")  # 第三十五条
    ended(t)


def _unheard_opinion(t: Telling) -> None:
    accepted(t).after(2, 6).issue(code="not_heard")  # 第三十一条第六项
    ended(decided(t))


def _anonymous(t: Telling) -> None:
    """Registered like any other; whom nobody can reach is neither told nor heard, and the answer is put up for all."""
    channel = t.rng.choice((Channel.letter, Channel.online, Channel.call))
    t.register(anonymous=True, channel=channel).after(0, 3).classify().after(0, 3).hand_over()
    ended(t.after(2, 8).accept().after(3, 12).verify().after(3, 12).issue().after(0, 2).serve())


def _collective(t: Telling) -> None:
    t.register(people=t.rng.randint(5, 46), channel=Channel.visit)
    t.after(0).classify().after(0, 1).hand_over()
    ended(answered(t))


def _discipline(t: Telling) -> None:
    """Nothing more is seen of it outside the discipline organ (第三十条)."""
    t.register().after(0, 2).classify().after(0, 2).seal()
    t.after(2, 10).inform(InformantNotice.acceptance)
    t.after(40, 70).conclude_report().after(2, 9).inform(InformantNotice.result)
    if t.chance(0.5):
        t.after(0).write(DocumentKind.clarification_letter, by=t.somebody(DISCIPLINE, Role.discipline_officer))


def _judicial(t: Telling) -> None:
    """It is for the courts; to hand it to a unit all the same is refused (第二十二条第二款)."""
    t.register().after(0, 2).classify().after(0, 3)
    if t.chance(0.5):
        t.hand_over(code="routed_elsewhere")
    t.after(0, 3).leave_to_courts()


def _stays_registered(t: Telling) -> None:
    t.register()


def _stays_classified(t: Telling) -> None:
    t.register().after(0, 4).classify()


def _stays_assigned(t: Telling) -> None:
    to_unit(t)


def _stays_accepted(t: Telling) -> None:
    to_unit(t).after(1, 8).notify()


def _stays_recorded(t: Telling) -> None:
    accepted(t).after(2, 9).hear()


def _stays_issued(t: Telling) -> None:
    inquired(accepted(t)).after(3, 12).issue()


def _stays_served(t: Telling) -> None:
    answered(to_unit(t))


EVERYDAY_PLOTS: Final = {
    "prompt": Plot(6, _prompt, 2),
    "statutory": Plot(2, _statutory, 100, categories=STATUTORY, route=Route.statutory_duty),
    "executed": Plot(4, _executed, 115),
    "late_triage": Plot(3, _late_triage, 125),
    "late_notice": Plot(2, _late_notice, 125),
    "entered_late": Plot(1, _entered_late, 150),
    "late_opinion": Plot(3, _late_opinion, 140),
    "days_late": Plot(1, _days_late, 140),
    "repeat": Plot(3, _repeat, 105),
    "objection_upheld": Plot(3, _objection_upheld, 105),
    "objection_rejected": Plot(2, _objection_rejected, 105),
    "late_objection": Plot(2, _late_objection, 110),
    "hasty_closure": Plot(2, _hasty_closure, 110),
    "unheard_opinion": Plot(2, _unheard_opinion, 110),
    "anonymous": Plot(3, _anonymous, 110, categories=UNSIGNED, anonymous=True),
    "collective": Plot(3, _collective, 105, categories=OF_MANY),
    "discipline": Plot(3, _discipline, 110, categories=(ContentCategory.official_conduct,), accuses=True),
    "judicial": Plot(3, _judicial, 20, categories=(ContentCategory.litigation,), route=Route.judicial),
    "stays_registered": Plot(1, _stays_registered, 1, 13),
    "stays_classified": Plot(2, _stays_classified, 8, 14),
    "stays_assigned": Plot(2, _stays_assigned, 9, 16),
    "stays_accepted": Plot(2, _stays_accepted, 25, 58),
    "stays_recorded": Plot(2, _stays_recorded, 38, 58),
    "stays_issued": Plot(1, _stays_issued, 48, 58),
    "stays_served": Plot(1, _stays_served, 65, 95),
}
