"""Mediation in the narrow sense: both sides want it, sign, and do what they have signed, or do not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final, Self

from contracts.vocabulary import ContentCategory, Danger, DocumentKind, Guest, Role, Side
from services.intake.commands.petitioner import Consent, Refuse
from services.mediation.commands.mediating import (
    ConsentToMediation,
    DetermineDiscretion,
    FailMediation,
    FileConfirmation,
    OfferMediation,
    PerformAgreement,
    PerformItem,
    RecordRuling,
    RefuseMediation,
    ReportBreach,
    SignAgreement,
    TellOtherWays,
)
from services.mediation.commands.sessions import FearEscalation, HoldSession, Invite, ReportEscalation
from services.scenario.telling.base import JUSTICE
from services.scenario.telling.handling import Handling

COURT: Final = "980726000121"


class Mediating(Handling):
    """From the offer to what has become of the agreement."""

    def offer_mediation(self, *, wanted: bool = False) -> Self:
        """Both sides are asked; who has refused once is, having come to want it (人民调解法 第十七条)."""
        self.mediator = self.somebody(JUSTICE, Role.mediator)
        body: dict[str, Any] = {"mediator": self.mediator.actor, "mediator_unit": JUSTICE}
        if wanted:
            body["request"] = self._paper("mediation_wanted", self.handler)
        return self._do("offer_mediation", OfferMediation, body, self.handler)

    def decline(self) -> Self:
        """The other side does not want it, and nobody asks why (人民调解法 第十七条)."""
        return self._do("decline", RefuseMediation, {"side": Side.other_party}, self.mediator)

    def fail(self) -> Self:
        """Both sides have talked and do not agree (人民调解法 第二十六条)."""
        return self._do("fail_mediation", FailMediation, {}, self.mediator)

    def tell_other_ways(self) -> Self:
        """Who has mediated in vain tells both sides what else there is (人民调解法 第二十六条)."""
        body = {"document": self._paper("other_ways", self.mediator)}
        return self._do("tell_other_ways", TellOtherWays, body, self.mediator)

    def stop_mediation(self) -> Self:
        """The petitioner was willing and is no more, and says so by code (人民调解法 第十七条)."""
        return self._by_code("stop_mediation", Refuse)

    def mediate(self, *, wanted: bool = False) -> Self:
        """A mediator asks both sides, and both are willing (第三十三条)."""
        self.offer_mediation(wanted=wanted)
        for side in Side:
            self.after(0, 2)
            if side is Side.petitioner:
                self._by_code("consent", Consent)
            else:
                self._do("consent", ConsentToMediation, {"side": side}, self.mediator)
        return self

    def find_fixed_by_law(self) -> Self:
        """The head of the unit takes the matter for one that the law fixes, and is put right (第三十三条)."""
        body: dict[str, Any] = {"within": False, "document": self._paper("fixed_by_law", self.head)}
        self._do("determine_discretion", DetermineDiscretion, body, self.head)
        self.mediator = self.somebody(JUSTICE, Role.mediator)
        offer = {"mediator": self.mediator.actor, "mediator_unit": JUSTICE}
        self.after(0, 1)
        self._do("offer_mediation", OfferMediation, offer, self.handler, code="outside_discretion")
        self.after(0, 2)
        body = {"within": True, "document": self._paper("left_to_us", self.head)}
        return self._do("determine_discretion", DetermineDiscretion, body, self.head)

    def fear_escalation(self) -> Self:
        """The sides are at each other's throats, and the police know of the dispute at once (人民调解法 第二十五条)."""
        body: dict[str, Any] = {"danger": Danger.public_order, "document": self._paper("danger", self.mediator)}
        self._do("fear_escalation", FearEscalation, body, self.mediator)
        police = self.county.competent(ContentCategory.public_security)[0].code
        self.after(0)
        body = {"organ": police, "document": self._paper("danger_reported", self.mediator)}
        return self._do("report_escalation", ReportEscalation, body, self.mediator)

    def talk(self) -> Self:
        """A relative is there whom both sides want to be, and nobody else listens (人民调解法 第二十条, 第二十三条)."""
        body: dict[str, Any] = {"guest": Guest.relative, "sides": list(Side)}
        self._do("invite", Invite, body | {"document": self._paper("invitation", self.mediator)}, self.mediator)
        self.after(1, 3)
        body = {"document": self._paper("session", self.mediator)}
        return self._do("hold_session", HoldSession, body, self.mediator)

    def sign(self, due_in_days: Sequence[int]) -> Self:
        """Both sides sign what they have agreed."""
        document = self._paper("agreement", self.mediator, DocumentKind.mediation_agreement)
        due = [self.now.date() + timedelta(days) for days in due_in_days]
        body = {"document": document, "performance_due": due}
        return self._do("sign", SignAgreement, body, self.mediator)

    def confirm(self, *, confirmed: bool = True) -> Self:
        """Both sides ask the court to confirm the agreement, and it does or does not (人民调解法 第三十三条)."""
        body: dict[str, Any] = {"court": COURT, "sides": list(Side)}
        self._do("ask_court", FileConfirmation, body, self.handler)
        self.after(5, 12)
        body = {"confirmed": confirmed, "ruling_no": f"QR-{self.now.year}-{self.rng.randint(10, 999):04}"}
        return self._do("rule", RecordRuling, body, self.handler)

    def perform(self, items: int) -> Self:
        """Everything that was agreed is done, item by item."""
        for item in range(1, items + 1):
            document = self._paper("item_done", self.handler, DocumentKind.execution_proof)
            body: dict[str, Any] = {"item": item, "document": document}
            self._do("perform_item", PerformItem, body, self.handler)
            self.after(2, 6)
        body = {"document": self._paper("performed", self.handler, DocumentKind.execution_proof)}
        return self._do("perform", PerformAgreement, body, self.handler)

    def breach(self) -> Self:
        """What was agreed is not done, and the unit goes on handling the case."""
        body = {"document": self._paper("breach", self.handler)}
        return self._do("breach", ReportBreach, body, self.handler)
