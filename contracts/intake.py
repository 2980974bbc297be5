"""受理: what can happen when a petition comes in.

Registration may never be refused (信访工作条例 第二十二条, 第二十三条, 第四十三条): there is no event for a refusal.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final, Self
from uuid import UUID

from contracts.event import UPCASTS, Event, OtherCase, Words, but_for, without, words_before
from contracts.restoring import Restored, Withdrawn
from contracts.vocabulary import (
    Channel,
    ConductAct,
    ContactOutcome,
    ContentCategory,
    DialogueGroup,
    DocumentKind,
    DuplicateReason,
    EmergencyGround,
    ErasureGround,
    ExternalSystem,
    FileFault,
    FileMedia,
    FileVerdict,
    HoldGround,
    InformantNotice,
    Kind,
    Level,
    LoadOccasion,
    LookPurpose,
    NotAcceptedGround,
    NoticeKind,
    NoticeMedium,
    ReturnedPaper,
    ReturnReason,
    Role,
    RootKey,
    Route,
    Satisfaction,
    ServiceMethod,
    SkipCause,
    UnsealingPurpose,
    UrgentStage,
)

NO_TEXT: Final = UUID(int=0)
"""Stands where nobody is told which text it is."""


class CaseRegistered(Event):
    """A first petition is on file and its case exists; its content lies in the vault under `content`."""

    title = "信访事项登记"
    basis = "信访工作条例 第二十二条、第二十三条"

    registration_no: str
    petition: UUID
    channel: Channel
    received_at: datetime
    category: ContentCategory
    place: str
    receiving_unit: str
    person_count: int
    anonymous: bool
    secrecy_requested: bool
    content: UUID
    content_sha256: str
    direct: bool = False
    """Whether a unit other than the petition bureau received it (第二十三条第一款)."""
    came_from: Level | None = None
    """The level from which it was handed down, if it was."""
    split_from: OtherCase | None = None
    unclear: bool = False
    """Whether name or address of the petitioner is unclear, so that no notice is owed (第二十三条第二款)."""
    unreachable: bool = False
    """Whether somebody is named of whom neither address nor telephone is known: nobody can write to them or call."""
    others: tuple[UUID, ...] = ()
    """The petitions of further petitioners of the case from which it was split: each is told and answered here too."""


class PetitionAttached(Event):
    """A later petition on the same matter joins the case, with its own receipt; it is kept and never dropped."""

    title = "重复信访并入"
    basis = "信访工作条例 第二十一条、第二十二条"

    petition: UUID
    registration_no: str
    channel: Channel
    received_at: datetime
    receiving_unit: str
    person_count: int
    anonymous: bool
    content: UUID
    content_sha256: str
    category: ContentCategory | None = None
    place: str | None = None
    secrecy_requested: bool = False
    after_end: bool = False
    """Whether the case had its end already, or who came an answer, so that whoever received this owes an answer to it
    (第二十二条)."""
    unclear: bool = False
    """Whether name or address of the petitioner is unclear, so that no notice is owed (第二十三条第二款)."""
    unreachable: bool = False
    """Whether somebody is named of whom neither address nor telephone is known: nobody can write to them or call."""
    further: bool = False
    """Whether it is a further petitioner's, who is told and answered (第二十三条、第三十二条)."""
    direct: bool | None = None
    """Whether it came to a unit itself rather than to a petition bureau (第二十三条第一款), as was known then."""


class ClaimsListed(Event):
    """The case holds several claims, each of which has an answer of its own (第三十二条)."""

    title = "诉求分项登记"
    basis = "信访工作条例 第二十二条、第三十二条"

    count: int
    document: UUID | None = None
    """The text that lists them, where the letter does not."""


class ClaimsCorrected(Event):
    """More claims were listed than the petitioners have; they say so, and each of those that are left is answered."""

    title = "更正诉求项数"
    basis = "信访工作条例 第二十二条、第二十八条第一款、第三十二条"

    before: int
    count: int
    document: UUID
    """Why there are fewer."""
    confirmation: UUID
    """The text by which the petitioners say so."""


class PetitionDetached(Event):
    """A petition had joined the wrong case; it has one of its own from now on, and all that was done here stays."""

    title = "更正并入"
    basis = "信访工作条例 第二十二条、第二十八条第一款"

    petition: UUID
    new_case: OtherCase
    reasons: UUID
    anonymous: bool = False
    """Whether nobody is named now in what is left."""
    unclear: bool = False
    """Whether nobody in what is left has a clear name and address now (第二十三条第二款)."""
    came_back: tuple[int, ...] = ()
    """Which entries had told its petitioner and came back: nobody owes them that here any more."""


class CaseDetached(Event):
    """The case is about a petition that had joined the wrong one; its days count from when that was received."""

    title = "由误并事项分出"
    basis = "信访工作条例 第二十二条、第二十八条第一款"

    from_case: OtherCase
    reasons: UUID
    waits_since: datetime | None = None
    """From when at the latest its answer is due, where a unit had it in the wrong case: told, or to be told by then."""


class ReceiptCorrected(Event):
    """Who typed the number of a receipt wrong has put it right; when and how it was served stays as it was."""

    title = "更正告知凭证编号"
    basis = "信访工作条例 第二十一条第二款、第二十八条第一款"
    version = 2

    entry: int
    """The version of the event that had it wrong."""
    before: Words
    after: Words
    document: UUID


class NoticeReturned(Event):
    """What was sent came back: whom it was for has not been told, and that is owed once more."""

    title = "告知退回"
    basis = "信访工作条例 第二十三条"
    version = 2

    entry: int
    """The version of the event that had told it."""
    paper: ReturnedPaper
    returned_on: date
    receipt: Words
    """The carrier's note."""
    reason: ReturnReason
    petition: UUID | None = None
    """Whose it was, where it was that of one petition."""


class ToldAgain(Event):
    """What came back is with whom it is for."""

    title = "退回后再次告知"
    basis = "信访工作条例 第二十三条"
    version = 2

    entry: int
    """The version of the event that came back."""
    paper: ReturnedPaper
    method: ServiceMethod
    served_at: datetime
    receipt: Words
    petition: UUID | None = None


class RepeatAnswered(Event):
    """A petition on a matter that had its end was answered: how the matter ended, or where what is new is handled."""

    title = "重复信访答复"
    basis = "信访工作条例 第二十二条、第二十三条"
    version = 2

    petition: UUID
    notice_no: str
    method: ServiceMethod
    served_at: datetime
    receipt: Words
    new_case: OtherCase | None = None
    """The case as which it was registered anew, where it states new facts or reasons."""


class CaseClassified(Event):
    """The case is told apart: its kind and the legal route that it takes."""

    title = "甄别分类"
    basis = "信访工作条例 第二十八条至第三十一条"

    registration_no: str
    kind: Kind
    route: Route
    category: ContentCategory
    place: str
    direct: bool = False
    receiving_unit: str | None = None
    anonymous: bool = False
    unclear: bool = False
    """Whether name or address of the petitioner is unclear, so that no notice is owed (第二十三条第二款)."""
    accused_units: tuple[str, ...] = ()
    """The units complained of, which must never get the case (第二十八条第三款, 第三十条第三款)."""
    accused_persons: tuple[str, ...] = ()
    """The officers complained of, by their codes in the directory: neither they nor their units get the case."""
    channel: Channel | None = None
    """How the case came in: visits and letters about litigation go different ways (第二十二条第二款)."""
    others: tuple[UUID, ...] = ()
    """The petitions of further petitioners, each of whom is told and answered (第二十三条、第三十二条)."""
    received_on: date | None = None
    """On which day it was received, where it was classified on a later one."""
    challenged: tuple[str, ...] = ()
    """Of whom it is open whether they keep out: no answer in which they have a part goes out (第二十八条第三款)."""


class ClassificationCorrected(Event):
    """The case was told apart wrongly: its kind and route are these, with all that stays as it was."""

    title = "更正分类"
    basis = "信访工作条例 第二十二条、第二十三条、第三十一条"

    registration_no: str
    kind: Kind
    route: Route
    category: ContentCategory
    place: str
    reasons: UUID
    direct: bool = False
    receiving_unit: str | None = None
    anonymous: bool = False
    unclear: bool = False
    accused_units: tuple[str, ...] = ()
    accused_persons: tuple[str, ...] = ()
    channel: Channel | None = None
    others: tuple[UUID, ...] = ()
    received_on: date | None = None
    challenged: tuple[str, ...] = ()


class RouteLearnt(Event):
    """The competent unit has found that the case goes another way."""

    title = "获知处理途径"
    basis = "信访工作条例 第三十一条"

    route: Route


class AccusedNamed(Event):
    """It has become known, later or from another letter, whom the case complains of; nobody is ever freed of it."""

    title = "补充被反映对象"
    basis = "信访工作条例 第二十八条第三款、第三十条第三款"

    units: tuple[str, ...]
    persons: tuple[str, ...] = ()


class CaseConcluded(Event):
    """Intake has learnt that the case was closed, and tells it to whoever asks by query code."""

    title = "办结登记"
    basis = "信访工作条例 第二十一条"

    closed_at: datetime


class ReopeningLearnt(Event):
    """Intake has learnt that the case goes on after all."""

    title = "恢复办理登记"
    basis = "信访工作条例 第三十五条、第三十六条"


class DocumentDeposited(Event):
    """A text of the case was put into the vault; the digest is of its ciphertext, so erasure keeps proofs valid."""

    title = "文书入库"
    basis = "信访工作条例 第三十条；个人信息保护法 第五十一条"

    case: UUID
    kind: DocumentKind
    content_sha256: str


class ContentDisclosed(Event):
    """Somebody is about to read a text of the case; recorded before it is decrypted."""

    title = "查阅留痕"
    basis = "个人信息保护法 第五十一条、第五十四条"

    case: UUID
    content: UUID
    purpose: str
    unit: str | None = None
    role: Role | None = None
    """For which unit somebody reads and in which duty, where the petitioner is told so: of a report they are not."""


class FileAnnounced(Event):
    """Somebody begins to hand in a file of the case, or a copy of one with words made illegible."""

    title = "材料报送"
    basis = "信访工作条例 第十九条、第二十二条"

    case: UUID
    media: FileMedia
    size_bytes: int
    petition: UUID | None = None
    """Of which petition whoever hands it in is, where it is no officer."""
    original: UUID | None = None


class FileReceived(Event):
    """All of a file is here, as it was handed in; the digest is of its ciphertext, so erasure keeps proofs valid."""

    title = "材料收齐"
    basis = "信访工作条例 第十九条、第二十二条；个人信息保护法 第五十一条"

    case: UUID
    content_sha256: str


class FileExamined(Event):
    """A file was looked through by programs, before any officer may see it."""

    title = "材料查验"
    basis = "个人信息保护法 第五十一条"

    case: UUID
    verdict: FileVerdict
    fault: FileFault | None = None


class FileAbandoned(Event):
    """The rest of a file never came, and what had come is destroyed."""

    title = "材料未收齐"
    basis = "个人信息保护法 第十九条"

    case: UUID


class BulkLookAsked(Event):
    """Somebody asks to read more texts within an hour than one person reads alone, and says what for."""

    title = "申请批量查阅"
    basis = "个人信息保护法 第五十一条"
    of_case = False

    officer: str
    unit: str
    purpose: LookPurpose
    count: int


class BulkLookGranted(Event):
    """Another person has agreed that they do."""

    title = "同意批量查阅"
    basis = "个人信息保护法 第五十一条"
    of_case = False

    officer: str
    granted_by: str
    until: datetime


class ErasureAsked(Event):
    """What one petitioner wrote in a case that is over is only kept from now on, until it may be destroyed."""

    title = "限制处理个人信息"
    basis = "个人信息保护法 第四十七条第二款"

    case: UUID
    petition: UUID
    ground: ErasureGround
    asked_by: str


class ErasureTakenBack(Event):
    """It is worked with again: the case goes on, or nobody wanted it to be erased."""

    title = "恢复处理个人信息"
    basis = "个人信息保护法 第四十七条"

    case: UUID
    petition: UUID


class LegalHoldSet(Event):
    """It has to be kept, however long it has been there."""

    title = "暂缓删除"
    basis = "个人信息保护法 第四十七条第二款"

    case: UUID
    petition: UUID
    ground: HoldGround


class LegalHoldLifted(Event):
    """It need not be kept for that any more."""

    title = "解除暂缓删除"
    basis = "个人信息保护法 第四十七条"

    case: UUID
    petition: UUID
    ground: HoldGround


class DataShredded(Event):
    """The keys of what one petitioner wrote in a case, and of what was written for them, are destroyed for ever."""

    title = "删除个人信息"
    basis = "个人信息保护法 第四十七条第一款"

    case: UUID
    petition: UUID
    keys: tuple[UUID, ...]
    """They are destroyed once more where a backup is restored that has them."""


class RootKeyRenewed(Event):
    """What wraps the keys of texts is made anew: the texts stay as they are, and their keys are wrapped by it."""

    title = "根密钥更换"
    basis = "个人信息保护法 第五十一条"
    of_case = False

    key: RootKey
    number: int
    kept_as: str
    """By which name who keeps the key that wraps it knows that one."""


class RootKeyRetired(Event):
    """No key of a text is wrapped by a former root key any more, and it is gone."""

    title = "旧根密钥停用"
    basis = "个人信息保护法 第五十一条"
    of_case = False

    key: RootKey
    below: int
    """The number of the one that took the place of all before it."""


class DocumentIssued(Event):
    """A paper was issued under the next number of its unit; its text lies in the vault, to be set again any time."""

    title = "文书制发"
    basis = "信访工作条例 第二十三条、第三十二条"

    case: UUID
    kind: DocumentKind
    document_no: str
    sequence: int
    unit: str
    signer: str
    approver: str
    content_sha256: str
    pdf_sha256: str
    template: str
    supersedes: UUID | None = None


class DocumentServed(Event):
    """The paper reached whom it is for; `receipt` names the proof of service (送达回证)."""

    title = "文书送达"
    basis = "信访工作条例 第二十三条；参照民事诉讼法 第八十七条"
    version = 2

    case: UUID
    method: ServiceMethod
    served_at: datetime
    receipt: Words


class ServiceRefused(Event):
    """Whom the paper is for did not take it; it may be left at the address, or made known by notice."""

    title = "拒收文书"
    basis = "参照民事诉讼法 第八十九条、第九十五条"
    version = 2

    case: UUID
    refused_at: datetime
    receipt: Words


class CaseMerged(Event):
    """The case has gone into another one on the same matter; every petition keeps its receipt, number and notices."""

    title = "并案"
    basis = "信访工作条例 第二十二条"

    into: OtherCase


class PetitionsTakenOver(Event):
    """The petitions of a case on the same matter belong to this one now; the earliest receipt counts."""

    title = "并入信访件"
    basis = "信访工作条例 第二十二条"

    from_case: OtherCase
    petitions: tuple[UUID, ...]
    received_at: datetime
    others: tuple[UUID, ...] = ()
    """Those of further petitioners, each of whom is told and answered (第二十三条、第三十二条)."""
    firsts: tuple[UUID, ...] = ()
    """Those with which cases had begun that had gone into that one before: each keeps its voice."""


class CaseSplit(Event):
    """One letter held several claims; each has a case of its own now, and the competent unit of each answers."""

    title = "分案"
    basis = "信访工作条例 第二十二条、第二十四条"

    children: tuple[OtherCase, ...]


class CaseSetApart(Event):
    """The case is dealt with elsewhere; what happens in it from here is told to nobody."""

    title = "另行办理"
    basis = "信访工作条例 第三十条第三款"


class CaseBroughtBack(Event):
    """What lay apart is no report after all: it goes on, as if from its receipt, for those who had it to deal with."""

    title = "另行办理撤销"
    basis = "信访工作条例 第二十二条、第二十三条"


class ReceiptIssued(Event):
    """Something lies apart under this number; who has received it passes it on within the time of law.

    It says nothing of what it is about; and it is said once more where somebody else has to pass it on, or has it.
    """

    title = "密件回执"
    basis = "信访工作条例 第二十二条、第三十条第三款"
    outward = but_for()

    receiving_unit: str
    received_at: datetime
    anonymous: bool
    organ: str | None = None
    """Which discipline organ has it."""
    again: bool = False
    """Whether one had it that has it no longer, so that it is passed on anew."""
    over: bool = False
    """Whether nobody passes it on any more: it was withdrawn, or the organ is through with it."""


class ReceiptReturned(Event):
    """What lay apart under this number does so no more."""

    title = "密件回执收回"
    basis = "信访工作条例 第三十条第三款"
    outward = but_for()


class ConfidentialTrackOpened(Event):
    """A report about an official goes to the discipline organ, sealed; here only an opaque receipt remains."""

    title = "检举控告密件转办"
    basis = "信访工作条例 第二十二条第二款、第三十条"
    outward = but_for()

    organ: str
    receipt_no: str


class PersonnelNoticeDue(Event):
    """The case complains of cadres of whom the personnel department is to be told: once of each, in each case."""

    title = "反映干部问题待通报"
    basis = "信访工作条例 第三十条第二款"
    outward = but_for(persons=(), told=(), from_case=None)

    persons: tuple[str, ...]
    """Of whom it is still to be told, by their codes in the directory."""
    told: tuple[str, ...] = ()
    """Of whom it was told by then."""
    from_case: OtherCase | None = None
    """The case in which that was due, where that has gone into this one or this one has come out of it."""
    complete: bool = False
    """Whether of all of them was told by then, in the one case or in the other."""
    leaders: bool | None = None
    """Whether the leaders of the party committee know by then; nothing is said of that where no other case is."""


class PersonnelDepartmentTold(Event):
    """The personnel department was told that a case complains of cadres, by a letter that says nothing of who does."""

    title = "通报组织（人事）部门"
    basis = "信访工作条例 第三十条第二款"
    version = 2
    outward = but_for(persons=(), letter_no=None, organ_words=None, committee_words=None)

    organ: str | None
    persons: tuple[str, ...]
    letter_no: Words | None
    told_at: datetime
    committee: str | None = None
    """The party committee of which both leaders that the article names were told as well, of a grave matter."""
    complete: bool = True
    organ_words: Words | None = None
    """What a department is called that is in no directory."""
    committee_words: Words | None = None
    """Whether all that has to be told was told by then."""


class InformantNotified(Event):
    """Whoever reported under their own name was told of acceptance or result by the discipline organ."""

    title = "检举控告告知反馈"
    basis = "信访工作条例 第二十三条第四款、第三十条第一款"
    version = 2
    outward = but_for(receipt=None)

    notice: InformantNotice
    method: ServiceMethod
    served_at: datetime
    receipt: Words | None


class ReportConcluded(Event):
    """The discipline organ says that its case about a report has ended; the informant is to be told the result."""

    title = "检举控告办结"
    basis = "信访工作条例 第二十三条第四款、第三十条第一款"
    outward = but_for()

    organ: str
    concluded_on: date


class UnsealingRequested(Event):
    """Somebody of the organ that has a report asks to read what lies under seal, and says what for."""

    title = "申请启封"
    basis = "信访工作条例 第三十条第三款"

    officer: str
    purpose: UnsealingPurpose


class UnsealingApproved(Event):
    """A second person of the organ agrees: whoever asked reads what lies under seal until then, and nobody else."""

    title = "同意启封"
    basis = "信访工作条例 第三十条第三款"

    officer: str
    approved_by: str
    until: datetime


class EmergencyAccessAsked(Event):
    """Somebody who has charge in a case asks that an officer may read it in an emergency, who may not otherwise."""

    title = "申请应急查阅"
    basis = "个人信息保护法 第十三条第一款第四项"

    case: UUID
    officer: str
    ground: EmergencyGround
    minutes: int
    unit: str
    asked_by: str
    asked_as: Role


class EmergencyAccessGranted(Event):
    """Somebody of another unit agrees: the officer reads the case until then, and another unit still looks at why."""

    title = "开放应急查阅"
    basis = "个人信息保护法 第十三条第一款第四项、第五十一条"

    officer: str
    ground: EmergencyGround
    until: datetime
    asked_for: str
    """The unit for which it was asked for."""
    asked_by: str
    unit: str
    granted_by: str
    reviewer: str


class EmergencyAccessEnded(Event):
    """It was taken back before its time."""

    title = "收回应急查阅"
    basis = "个人信息保护法 第五十一条"


class EmergencyAccessReviewed(Event):
    """Who had no part in it says whether there was reason for it, and whether it was used for that."""

    title = "复核应急查阅"
    basis = "个人信息保护法 第五十四条"

    justified: bool


class NotAcceptedNotified(Event):
    """The petition is on file and not accepted; the petitioner was told why, and who is competent."""

    title = "不予受理告知"
    basis = "信访工作条例 第十九条第三款、第二十条、第二十三条"
    version = 2

    unit: str
    ground: NotAcceptedGround
    competent_body: str | None
    notice_no: str
    method: ServiceMethod
    served_at: datetime
    receipt: Words
    pending_unit: str | None = None
    """Which unit under it has accepted the same matter, where that is why."""
    answer_by: date | None = None
    """By when that unit owes the answer."""
    body_words: Words | None = None
    """What a body is called that is in no directory."""


class CorrectionOrdered(Event):
    """A unit is ordered, by a paper, to put right until a day what it did against the rules."""

    title = "责令改正"
    basis = "信访工作条例 第三十九条第三款、第四十三条至第四十六条"

    case: UUID
    document_no: str
    unit: str
    due_on: date
    kind: DocumentKind = DocumentKind.correction_order
    """Which paper that is: an order of the superior, or a measure of the joint conference."""


class CorrectionReported(Event):
    """The unit says in a text what it has put right."""

    title = "报告改正情况"
    basis = "信访工作条例 第三十九条第三款、第四十三条至第四十六条"

    case: UUID
    document: UUID


class NonAcceptanceRevoked(Event):
    """Who stands above has ordered that a petition which was wrongly not accepted goes on, as if from its receipt."""

    title = "责令改正不予受理"
    basis = "信访工作条例 第四十三条、第四十四条第二项"

    unit: str
    """Who had not accepted it."""
    document: UUID | None = None


class NoLongerAccepted(Event):
    """A petition repeats facts and reasons that a recheck has settled; it is on file and not accepted any more."""

    title = "不再受理告知"
    basis = "信访工作条例 第三十六条第三款"
    version = 2

    petition: UUID
    notice_no: str
    method: ServiceMethod
    served_at: datetime
    receipt: Words


class UrgentMatterNoted(Event):
    """A matter that may affect the public is known; it must be reported at once."""

    title = "重大紧急信访事项"
    basis = "信访工作条例 第二十五条"
    outward = but_for(from_case=None)

    known_at: datetime
    from_case: OtherCase | None = None
    """The case of which it was known, where that has gone into this one or this one has come out of it."""
    told: tuple[str, ...] = ()
    """Who was told by then."""
    told_at: tuple[datetime, ...] = ()
    """When each of these was told, where that is known."""
    reported: bool = False
    """Whether all that have to know were told by then."""


class UrgentMatterReported(Event):
    """The matter was reported upwards; the report lies in the vault."""

    title = "重大紧急信访报告"
    basis = "信访工作条例 第二十五条"
    outward = but_for(document=NO_TEXT)

    stage: UrgentStage
    reported_at: datetime
    recipients: tuple[str, ...]
    document: UUID
    complete: bool = True
    """Whether all that have to know were told by then (第二十五条); before that it is not counted as reported."""
    completed_at: datetime | None = None
    """When the last of these was told, in whichever order it was entered: from then on it counts as reported."""


class WithdrawalRequested(Event):
    """The petitioner wishes to withdraw, in their own words; for fifteen days they may think again."""

    title = "申请撤回"
    basis = "信访工作条例 第十七条（程序由本系统规定）"
    outward = but_for(document=NO_TEXT, petition=None)

    document: UUID
    effective_on: date
    confirmer: str | None = None
    """Who asks the petitioner after that day whether they mean it; else whoever received the petition."""
    petition: UUID | None = None
    """Whose petition it is, where others petition too; else the whole case."""
    asked_at: datetime | None = None
    """Since when, where that was in a case that has gone into this one, or from which this one has come."""
    moved: bool = False
    """Whether nothing else is new but who asks."""

    def told_outside(self, stream: UUID, version: int = 1) -> Self | None:
        """Return what others are told: nothing of one of several."""
        return super().told_outside(stream, version) if self.petition is None else None


class WithdrawalRevoked(Event):
    """The petitioner has thought again, or somebody else petitions too by now; the case goes on as it was."""

    title = "取消撤回"
    basis = "信访工作条例 第十七条（程序由本系统规定）"
    outward = but_for(document=None, petition=None)

    document: UUID | None = None
    petition: UUID | None = None
    pending: bool = False
    """Whether somebody else still thinks of withdrawing theirs."""

    def told_outside(self, stream: UUID, version: int = 1) -> Self | None:
        """Return what others are told: nothing of one of several."""
        return super().told_outside(stream, version) if self.petition is None else None


class PetitionWithdrawn(Event):
    """One of several petitioners is told no more and owed no answer; the case goes on as it was, for the others."""

    title = "撤回本人信访"
    basis = "信访工作条例 第十七条、第三十二条（程序由本系统规定）"

    petition: UUID
    document: UUID
    pending: bool = False
    """Whether somebody else still thinks of withdrawing theirs."""
    came_back: tuple[int, ...] = ()
    """Which entries had told this one and came back: nobody owes them that any more."""


class CaseWithdrawn(Event):
    """Withdrawal was confirmed out of the handling unit's reach; it resolves nothing, and who withdrew may return."""

    title = "撤回"
    basis = "信访工作条例 第十七条（程序由本系统规定）"
    outward = but_for(document=NO_TEXT)

    document: UUID


class SatisfactionRecorded(Event):
    """The petitioner, and nobody for them, has rated the bureau and the handling unit."""

    title = "满意度评价"
    basis = "信访工作条例 第二十一条第二款"

    petition: UUID
    bureau: Satisfaction
    handler: Satisfaction


class QueryCodeReplaced(Event):
    """Who has lost their query code has got another one at the counter, on proof of who they are."""

    title = "补发查询码"
    basis = "信访工作条例 第二十一条第二款"

    petition: UUID
    document: UUID
    """How it was made sure who asks, as a document in the vault."""


class CollectiveVisitRecorded(Event):
    """Many came together with a common matter; they are on file, with representatives or without."""

    title = "集体访登记"
    basis = "信访工作条例 第二十条第三款、第二十二条"

    petition: UUID
    person_count: int


class RepresentativesNamed(Event):
    """The visitors have chosen who speaks for them, and each agrees; who they are lies in the vault."""

    title = "推选来访代表"
    basis = "信访工作条例 第二十条第三款"

    petition: UUID
    representatives: tuple[UUID, ...]
    digests: tuple[str, ...]
    roster: UUID | None = None
    """Who else came, as a document in the vault."""
    anonymous: bool = True
    """Whether none of them has a name; whoever has one is told for all (第二十条第三款、第二十三条第二款)."""
    unclear: bool = True
    """Whether none of them has a clear name and address."""
    further: bool = False
    """Whether they speak for further petitioners of the case, who are told and answered (第二十三条、第三十二条)."""


class DuplicateDetected(Event):
    """A clerk has confirmed that another case is about the same matter; the two are linked and neither is dropped."""

    title = "确认重复"
    basis = "信访工作条例 第二十二条"

    other: OtherCase
    reasons: tuple[DuplicateReason, ...]


class DuplicateDismissed(Event):
    """A clerk has looked at another case and found it to be about something else."""

    title = "排除重复"
    basis = "信访工作条例 第二十二条"

    other: OtherCase


class AnswerLearnt(Event):
    """Intake has learnt that the petitioner has an answer, and invites them to rate it, for thirty days."""

    title = "答复登记"
    basis = "信访工作条例 第二十一条第二款"

    served_at: datetime
    rate_until: date | None = None
    """Until when the petitioner is invited to rate; none where this is not rated here."""


class AnswerUndone(Event):
    """Intake has learnt that the answer, which had come back, was taken back: the petitioner has none."""

    title = "答复撤回登记"
    basis = "信访工作条例 第三十二条、第三十五条"


class ReceiverRelieved(Event):
    """Who received the case is complained of, and a petition bureau that is not passes it on."""

    title = "接收单位回避"
    basis = "信访工作条例 第二十八条第三款"

    relieved: str
    receiving_unit: str


class OfficerChallenged(Event):
    """The petitioner asks that somebody who registers or passes on the case keep out; the reasons lie in the vault."""

    title = "申请登记人员回避"
    basis = "信访工作条例 第二十八条第三款"
    outward = but_for(document=NO_TEXT)

    officer: str
    document: UUID
    decider: str
    """The unit whose head decides."""
    asked_at: datetime | None = None
    """When it was asked, where that was in a case that has gone into this one, or from which this one has come."""
    moved: bool = False
    """Whether nothing else is new but who decides."""


class OfficerSteppedAside(Event):
    """Somebody who registers or passes on the case has a direct interest, says so, and steps aside at once."""

    title = "登记人员自行回避"
    basis = "信访工作条例 第二十八条第三款"
    outward = but_for()

    officer: str
    decider: str
    """The unit whose head decides."""
    asked_at: datetime | None = None
    """When that was, where it was in a case that has gone into this one, or from which this one has come."""
    moved: bool = False
    """Whether nothing else is new but who decides."""


class ChallengeDecided(Event):
    """The head has decided whether somebody who registers or passes on the case keeps out."""

    title = "登记人员回避决定"
    basis = "信访工作条例 第二十八条第三款"
    outward = but_for()

    officer: str
    granted: bool
    decided_by: str


class RecusalLearnt(Event):
    """Intake has learnt that an officer keeps out of the case, or does so no more."""

    title = "回避登记"
    basis = "信访工作条例 第二十八条第三款"
    outward = but_for()

    officer: str
    recused: bool


class RemediesExhausted(Event):
    """Intake has learnt that a recheck has settled the matter; the same facts and reasons are not accepted again."""

    title = "复核终结登记"
    basis = "信访工作条例 第三十六条第三款"

    served_at: datetime


class DeskOpened(Event):
    """A department has a desk in the reception hall, with hours at which somebody is there."""

    title = "派驻窗口"
    basis = "信访工作条例 第十八条第三款"
    of_case = False

    unit: str
    desk_no: str
    weekdays: tuple[int, ...]
    opens: str
    closes: str


class DeskClosed(Event):
    """The department has its desk in the hall no longer."""

    title = "撤销窗口"
    basis = "信访工作条例 第十八条第三款"
    of_case = False

    unit: str
    desk_no: str


class OneStopSessionOpened(Event):
    """A visit is received in one place for all departments: one visit, one record."""

    title = "一站式接待"
    basis = "信访工作条例 第十八条第三款"

    case: UUID
    petition: UUID
    unit: str


class VisitQueued(Event):
    """The visitor waits for a desk; a visit may wait for several, one for each claim."""

    title = "窗口排号"
    basis = "信访工作条例 第十八条第三款"

    case: UUID
    desk: UUID
    queue_no: str


class VisitServed(Event):
    """The desk has received the visitor."""

    title = "窗口接待"
    basis = "信访工作条例 第十八条第三款"

    case: UUID
    desk: UUID


class FieldVisitLogged(Event):
    """Somebody went where the problem is; the record is about a place and an issue, never about a person."""

    title = "下访记录"
    basis = "信访工作条例 第十八条第二款"
    of_case = False

    unit: str
    officer: str
    place: str
    category: ContentCategory
    visited_on: date
    follow_up_on: date | None
    document: UUID | None = None


class FollowUpDone(Event):
    """What a field visit promised has been done."""

    title = "下访问题落实"
    basis = "信访工作条例 第十八条第二款"
    of_case = False

    document: UUID


class DiaryEntryAdded(Event):
    """An officer has written into the diary of their work; nothing in it is changed or removed."""

    title = "民情日记"
    basis = "信访工作条例 第十八条第二款"
    of_case = False

    unit: str
    officer: str
    day: date
    document: UUID
    linked_case: OtherCase | None = None


class FieldDayHeld(Event):
    """A unit was out in the villages for a day: so many problems found, so many solved on the spot."""

    title = "基层工作日"
    basis = "信访工作条例 第十八条第二款"
    of_case = False

    unit: str
    place: str
    held_on: date
    found_count: int
    solved_count: int


class BoxRegistered(Event):
    """A village has a box for petitions that is opened on every working day."""

    title = "设立清风箱"
    basis = "信访工作条例 第十七条、第十八条第一款"
    of_case = False

    box_no: str
    place: str
    unit: str


class BoxOpened(Event):
    """Two people have opened the box together and counted what lay in it."""

    title = "开箱"
    basis = "信访工作条例 第二十二条"
    of_case = False

    openers: tuple[str, ...]
    item_count: int
    unit: str | None = None
    """Whose box it is."""


class BoxItemRegistered(Event):
    """What lay in the box has become a case, like any other letter."""

    title = "清风箱来件登记"
    basis = "信访工作条例 第二十二条"
    of_case = False

    linked_case: OtherCase


class BoxOpeningMissed(Event):
    """Nobody opened the box on a working day. This stays on record."""

    title = "漏开清风箱"
    basis = "信访工作条例 第二十二条、第四十三条"
    of_case = False

    day: date


class StepFormIssued(Event):
    """The petitioner is told who has the case at a level and until when: information, and no ticket to anything."""

    title = "依法逐级走访诉求单"
    basis = "信访工作条例 第二十条第一款、第二十一条"

    case: UUID
    level: Level
    holder: str
    until: date


class ContactCardIssued(Event):
    """The petitioner is told which officer of which unit to turn to; the telephone is the unit's public one."""

    title = "便民联系卡"
    basis = "信访工作条例 第十八条第一款"
    version = 2

    case: UUID
    unit: str
    duty_officer: str


UPCASTS["intake.ContactCardIssued.v1"] = without(ContactCardIssued.wire_name, "post")


class NoticePublished(Event):
    """A unit has told the public how to petition and with which rights."""

    title = "公布信访事项"
    basis = "信访工作条例 第十八条第一款"
    of_case = False

    unit: str
    kind: NoticeKind
    medium: NoticeMedium
    copies: int
    text_sha256: str | None = None
    """The digest of what it says; intake keeps the text under it."""


class ExternalCaseLinked(Event):
    """The case has a number in another system, so that nobody enters it there or here a second time."""

    title = "关联外部编号"
    basis = "信访工作条例 第二十一条第一款"
    version = 2

    case: UUID
    system: ExternalSystem
    external_no: Words


class ContactPointSet(Event):
    """A unit has somebody who is there for a place (联系点)."""

    title = "设立联系点"
    basis = "信访工作条例 第十八条第二款"
    of_case = False

    unit: str
    officer: str
    place: str


class ContactPointEnded(Event):
    """Somebody is there for the place no longer."""

    title = "撤销联系点"
    basis = "信访工作条例 第十八条第二款"
    of_case = False


class HelpPlanFiled(Event):
    """A unit has said who helps the petitioner in hardship and until when; how, the vault says (结对帮扶)."""

    title = "制定帮扶计划"
    basis = "信访工作条例 第三十七条第二款、第三款"

    case: UUID
    unit: str
    officer: str
    due_on: date
    document: UUID
    contact_point: UUID | None = None


class HelpPlanDone(Event):
    """The help that was promised has been given."""

    title = "帮扶计划落实"
    basis = "信访工作条例 第三十七条第二款、第三款"

    proof: UUID


class DialogueHeld(Event):
    """A unit has offered a group a talk: so many were asked, came, would rather not; which has no effect."""

    title = "走访对话"
    basis = "信访工作条例 第十八条第二款"
    of_case = False

    unit: str
    place: str
    people: DialogueGroup
    held_on: date
    invited_count: int
    attended_count: int
    declined_count: int


class PetitionerContacted(Event):
    """Who handles a case has offered its petitioner a talk. Whatever came of it, nothing follows for the case."""

    title = "联系信访人"
    basis = "信访工作条例 第二十八条第一款"

    case: UUID
    unit: str
    officer: str
    outcome: ContactOutcome


class SkipLevelVisitRecorded(Event):
    """A visit went past the levels below, and why: that tells of these levels, and counts for nobody's score."""

    title = "越级走访原因登记"
    basis = "信访工作条例 第二十条第一款、第四款"

    case: UUID
    level: Level
    """The level to which the visitors went."""
    cause: SkipCause
    person_count: int
    visited_on: date


class DoorCounted(Event):
    """Somebody outside the unit has counted who came to its door, what its post brought, and who called, on a day.

    The others hear of what is missing, and not how much there was: some of it lies apart.
    """

    title = "来访来信来电清点"
    basis = "信访工作条例 第二十二条、第四十三条"
    of_case = False

    unit: str
    day: date
    visits: int
    letters: int
    calls: int


class UnregisteredVisitDetected(Event):
    """Fewer petitions are on file than came in that day. This stays on record, whatever is registered later.

    How many are missing is said by the difference alone: what lies apart is on file, and in neither number.
    """

    title = "发现应登记未登记"
    basis = "信访工作条例 第二十二条、第四十三条、第四十四条第一项"
    of_case = False

    unit: str
    day: date
    channel: Channel
    counted: int
    registered: int


class RegistrationGapClosed(Event):
    """What came in that day is on file by now."""

    title = "补登完毕"
    basis = "信访工作条例 第二十二条"
    of_case = False

    channel: Channel
    registered: int


class ConductIncidentRecorded(Event):
    """Somebody did one specific forbidden thing on one day, with evidence; it says nothing of them, and expires."""

    title = "违规行为记录"
    basis = "信访工作条例 第二十六条、第四十七条第一款"

    case: UUID
    unit: str
    conduct: ConductAct
    happened_on: date
    evidence: UUID
    dissuasion: UUID | None
    """The record of how it was tried to dissuade, to criticise or to teach them."""
    expires_on: date


class ConductReplyRecorded(Event):
    """The petitioner has said what they think of that record; it stands beside it."""

    title = "信访人陈述说明"
    basis = "信访工作条例 第二十六条、第四十七条"

    document: UUID


class PoliceReferralRecorded(Event):
    """The police were told of one specific act, with its evidence and nothing else; they decide by their own law."""

    title = "移送公安机关"
    basis = "信访工作条例 第四十七条第二款"

    organ: str
    conduct: ConductAct
    happened_on: date
    evidence: UUID


class LoadPlanned(Event):
    """More visitors are expected for some days, so there are more desks; it is a plan for offices and about nobody."""

    title = "接待力量安排"
    basis = "信访工作条例 第十八条第三款、第二十条第四款"
    of_case = False

    unit: str
    occasion: LoadOccasion
    first_on: date
    last_on: date
    expected_visits: int
    desks: int


class StoreRestored(Restored, Event):
    """The store was restored or has moved, and another life of it begins."""

    title = "受理数据库恢复后重新启用"
    basis = "数据安全法 第二十七条"
    of_case = False


class EventWithdrawn(Withdrawn, Event):
    """What was published under this number is lost with what came after the backup."""

    title = "受理因恢复而缺失的事件"
    basis = "数据安全法 第二十七条"
    of_case = False


# The first versions had in clear what people typed.
words_before(
    DocumentServed, ExternalCaseLinked, InformantNotified, NoLongerAccepted, NoticeReturned, ReceiptCorrected,
    RepeatAnswered, ServiceRefused, ToldAgain,
)  # fmt: skip
words_before(NotAcceptedNotified, bodies={"competent_body": "body_words"})
words_before(PersonnelDepartmentTold, bodies={"organ": "organ_words", "committee": "committee_words"})
