"""What may follow on a registration: grouping, non-acceptance, the sealed track, withdrawal, urgency, rating."""

from __future__ import annotations

from typing import Any, Final, Self

from contracts.vocabulary import (
    ContentCategory,
    DuplicateReason,
    FileMedia,
    InformantNotice,
    NotAcceptedGround,
    Role,
    Satisfaction,
    ServiceMethod,
    UrgentStage,
)
from services.intake.commands.cases import NameAccused, ReplaceQueryCode
from services.intake.commands.files import AnnounceOwnFile
from services.intake.commands.following import (
    AnswerRepeat,
    ConcludeReport,
    ConfirmWithdrawal,
    NoLongerAccept,
    NotAccept,
    NoteUrgency,
    NotifyInformant,
    OpenConfidentialTrack,
    ReportUrgency,
    TellPersonnel,
)
from services.intake.commands.grouping import (
    ConfirmDuplicate,
    DetachPetition,
    DismissDuplicate,
    MergeCase,
    NameRepresentatives,
    SplitCase,
)
from services.intake.commands.petitioner import AddFacts, AskRecusal, Rate, ReportRetaliation, ThinkAgain, Withdraw
from services.intake.commands.recusal import DecideChallenge, StepAside
from services.intake.questions.files import AppendToOwnUpload, ListOwnFiles
from services.scenario.photo import photograph
from services.scenario.step import From, Who
from services.scenario.telling.base import GOVERNMENT
from services.scenario.telling.door import CONFERENCE, Door
from services.scenario.texts import Matter, Person

DISCIPLINE: Final = "980726000112"
"""The discipline organ (纪委监委)."""
PARTY_COMMITTEE: Final = "980726000101"
BUREAUS_ABOVE: Final = ("980700000116", "100000000116")
"""The bureau of the city, and the national one."""


class Following(Door):
    """What the bureau does with a case that is on file, and what the petitioner may still say."""

    # ------------------------------------------------------------------------- who keeps out at the door

    def recuse_at_the_door(self) -> Self:
        """The petitioner doubts a clerk, in whom the head finds no interest; an officer who has one steps aside."""
        bureau = self.county.bureau
        head, clerk = self.somebody(bureau, Role.unit_head), self.somebody(bureau, Role.intake_clerk)
        busy = {head.actor, self.officer.actor, *self.county.staff(bureau, Role.intake_clerk)}
        other = self.rng.choice([o for o in self.county.staff(bureau, Role.bureau_officer) if o not in busy])
        self._by_code("ask_recusal", AskRecusal, officer=clerk.actor, words=self._says("recusal"))
        self._do("decide_recusal", DecideChallenge, {"officer": clerk.actor, "granted": False}, head)
        self._do("step_aside", StepAside, {}, Who(other, bureau, Role.bureau_officer))
        return self._do("decide_recusal", DecideChallenge, {"officer": other, "granted": True}, head)

    # ------------------------------------------------------------------------------- grouping

    def accuse(self, unit: str) -> Self:
        """The petitioner complains of the very unit that has the case, which loses it (第二十八条第三款)."""
        return self._do("accuse", NameAccused, {"units": [unit]}, self.officer)

    def name_representatives(self, count: int) -> Self:
        """Up to five speak for those who came; the roster says who they all are."""
        people = [Person.invent(self.rng) for _ in range(count)]
        self.secrets |= {secret for one in people for secret in (one.name, one.id_no, one.phone)}
        named = [{"name": p.name, "id_no": p.id_no, "phone": p.phone, "consents": True} for p in people]
        body = {
            "petition_id": From("petition_id"),
            "representatives": named,
            "roster": "、".join(person.name for person in people),
        }
        clerk = self.somebody(self.county.bureau, Role.intake_clerk)
        return self._do("name_representatives", NameRepresentatives, body, clerk)

    def find_duplicate(self, other: str, *, of_neighbours: bool = False) -> Self:
        """Somebody has compared two cases and found one matter, of one person or of two."""
        person = [] if of_neighbours else [DuplicateReason.same_person]
        reasons = [*person, DuplicateReason.same_place, DuplicateReason.same_facts]
        body = {"other": From(other), "reasons": reasons}
        return self._do("find_duplicate", ConfirmDuplicate, body, self.officer)

    def dismiss_duplicate(self, other: str) -> Self:
        """Somebody has compared two cases and found two matters."""
        return self._do("dismiss_duplicate", DismissDuplicate, {"other": From(other)}, self.officer)

    def merge(self, into: str) -> Self:
        """The case goes into another one, which goes on."""
        self._do("merge", MergeCase, {"into": From(into)}, self.officer)
        return self.turn_to(into)

    def split(self, other: ContentCategory) -> Self:
        """A letter holds two claims, each of which becomes a case."""
        second = Matter(self.rng, other, self.place.name, accuses=False, anonymous=False)
        self.secrets |= second.secrets
        claims = ((self.matter.category, self.matter.content), (other, second.content))
        parts = [{"category": category, "place": self.place.code, "content": said} for category, said in claims]
        captures = {"first_part": "children.0.case_id", "second_part": "children.1.case_id"}
        return self._do("split", SplitCase, {"parts": parts}, self.officer, captures)

    def detach(self) -> Self:
        """A letter is about something else, the bureau sees, and has a case of its own from now on (第二十二条)."""
        body = {"petition_id": From("joined_id"), "reasons": self._paper("wrongly_joined", self.officer)}
        return self._do("detach", DetachPetition, body, self.officer, {"own_case": "case_id"})

    # ------------------------------------------------------------------------- not accepted

    def not_accept(
        self, ground: NotAcceptedGround, competent: str, pending: str | None = None, *, by: Who | None = None,
        code: str | None = None,
    ) -> Self:  # fmt: skip
        """The petitioner is told in writing why a case is not accepted, and who is competent."""
        body: dict[str, Any] = self.delivery() | {"ground": ground, "competent_body": competent}
        if pending:
            body["pending_case"] = From(pending)
        return self._do("not_accept", NotAccept, body, by or self.officer, code=code)

    def no_longer_accept(self) -> Self:
        """Who repeats what a recheck has settled is told so (第三十六条第三款)."""
        body = self.delivery() | {"petition_id": From("repeat_id"), "new_facts": False}
        return self._do("no_longer_accept", NoLongerAccept, body, self.officer)

    def answer_repeat(self, method: ServiceMethod | None = None) -> Self:
        """Who comes again after the end is told how the matter has ended (第二十二条)."""
        self.look_for("CaseConcluded", "conclusion_id")
        body, captures = self.delivery(method) | {"petition_id": From("repeat_id")}, {"event_version": "version"}
        return self._do("answer_repeat", AnswerRepeat, body, self.officer, captures, needs_days=True)

    # ------------------------------------------------------------------------- the sealed track

    def seal(self) -> Self:
        """A report about an official goes to the discipline organ, sealed."""
        return self._do("seal", OpenConfidentialTrack, {"organ": DISCIPLINE}, self.officer)

    def conclude_report(self) -> Self:
        """The discipline organ's own case has ended."""
        return self._do("conclude_report", ConcludeReport, {}, self.somebody(DISCIPLINE, Role.discipline_officer))

    def inform(self, notice: InformantNotice) -> Self:
        """The discipline organ tells whoever reported under their own name."""
        who = self.somebody(DISCIPLINE, Role.discipline_officer)
        body = self.delivery() | {"notice": notice}
        return self._do("inform", NotifyInformant, body, who)

    def tell_personnel(self) -> Self:
        """Whoever manages cadres is told that one of them is complained of; the directory does not have them."""
        body = {"organ": "中共青澜县委组织部", "letter_no": f"信通〔{self.now.year}〕{self.rng.randint(1, 99)}号"}
        return self._do("tell_personnel", TellPersonnel, body, self.officer)

    # --------------------------------------------------------------------- withdrawal, urgency

    def ask_withdrawal(self) -> Self:
        """The petitioner wishes to withdraw, in their own words."""
        return self._by_code("ask_withdrawal", Withdraw, words=self._says("withdrawal"))

    def think_again(self) -> Self:
        """The petitioner has thought again."""
        return self._by_code("think_again", ThinkAgain)

    def confirm_withdrawal(self, *, code: str | None = None) -> Self:
        """The bureau has asked the petitioner, after the time to think again."""
        body = {"document": self._paper("withdrawal_asked", self.officer)}
        return self._do(
            "confirm_withdrawal", ConfirmWithdrawal, body, self.officer, code=code,
            needs_days=code is None,
        )  # fmt: skip

    def ask_neighbours_withdrawal(self) -> Self:
        """One of two petitioners does not want it any more."""
        return self._by_neighbours_code("ask_neighbours_withdrawal", Withdraw, words=self._says("withdrawal"))

    def confirm_neighbours_withdrawal(self) -> Self:
        """The bureau has asked that one, and the case goes on for the other."""
        body = {"document": self._paper("withdrawal_asked", self.officer), "petition_id": From("neighbours_id")}
        return self._do("confirm_neighbours_withdrawal", ConfirmWithdrawal, body, self.officer, needs_days=True)

    def note_urgency(self) -> Self:
        """Somebody sees that the matter may affect the public."""
        return self._do("note_urgency", NoteUrgency, {}, self.officer)

    def report_urgency(self, stage: UrgentStage) -> Self:
        """All that have to know are told: the leaders, the conference, a competent department, the bureaus above."""
        department = self.rng.choice(self.county.competent(self.matter.category))
        told = [PARTY_COMMITTEE, GOVERNMENT, CONFERENCE, department.code, *BUREAUS_ABOVE]
        body = {"stage": stage, "recipients": told, "document": self._paper("urgent", self.officer)}
        return self._do("report_urgency", ReportUrgency, body, self.officer)

    # ------------------------------------------------------------------- by query code

    def lose_code(self) -> Self:
        """The petitioner has lost the receipt, and shows at the counter who they are."""
        clerk = self.somebody(self.county.bureau, Role.intake_clerk)
        body = {"document": self._paper("lost_code", clerk)}
        return self._do("replace_code", ReplaceQueryCode, body, clerk, {"query_code": "query_code"})

    def add_facts(self) -> Self:
        """The petitioner has found something more."""
        return self._by_code("add_facts", AddFacts, words=self._says("more"))

    def hand_in_photo(self) -> Self:
        """The petitioner hands in a photograph, and looks until programs have looked through it (第十九条)."""
        photo = photograph()
        said = {"media": FileMedia.jpeg, "size_bytes": len(photo), "name": "现场照片.jpg"}
        code, is_known = From("query_code"), {"file_id": "file_id"}
        self._do("announce_file", AnnounceOwnFile, said, self.petitioner, is_known, by_code=code)
        self._do("send_file", AppendToOwnUpload, {}, self.petitioner, by_code=code, content=photo)
        seen = {"verdict": "items.0.verdict"}
        return self._do("look_at_files", ListOwnFiles, {}, self.petitioner, seen, by_code=code)

    def report_retaliation(self) -> Self:
        """The petitioner is paid back for the petition, and says so to none of those who have it (第四十六条)."""
        captures = {"report_id": "case_id"}
        return self._by_code("report_retaliation", ReportRetaliation, captures, words=self._says("retaliation"))

    def look_into_retaliation(self) -> Self:
        """The discipline organ, which has had the report from the first day, ends it by a case of its own."""
        report, organ = {"case_id": From("report_id")}, self.somebody(DISCIPLINE, Role.discipline_officer)
        return self._do("conclude_report", ConcludeReport, report, organ)

    # ---------------------------------------------------------------------------------- rating

    def rate(self) -> Self:
        """The petitioner says what they think, and nobody says it for them."""
        weights = {Satisfaction.satisfied: 5, Satisfaction.basically_satisfied: 3, Satisfaction.not_satisfied: 2}
        return self._by_code("rate", Rate, bureau=self._pick(weights), handler=self._pick(weights))
