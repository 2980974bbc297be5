"""受理: what can happen when a petition comes in.

Registration may never be refused (信访工作条例 第二十二条, 第二十三条, 第四十三条): there is no event for a refusal.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from contracts.event import Event
from contracts.vocabulary import Channel, ContentCategory, DocumentKind, Kind, Route


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


class CaseClassified(Event):
    """The case is told apart: its kind and the legal route that it takes."""

    title = "甄别分类"
    basis = "信访工作条例 第二十八条至第三十一条"

    registration_no: str
    kind: Kind
    route: Route
    category: ContentCategory
    place: str


class CaseConcluded(Event):
    """Intake has learnt that the case was closed, and tells it to whoever asks by query code."""

    title = "办结登记"
    basis = "信访工作条例 第二十一条"

    closed_at: datetime


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
