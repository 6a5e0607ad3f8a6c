"""Bodies about customer channels: sign-in of electronic trading, mobile apps, web sites, media."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from panshi.model.bodies.registry import observation_kind
from panshi.model.observation import Body


@observation_kind("channel.sign_in/1", "電子交易身分驗證", "Sign-in of a customer channel")
@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSignIn(Body):
    """Sign-in configuration of one customer channel."""

    factors: int
    agreed_secret: bool = False
    bound_device: bool = False
    biometric: bool = False
    lock_after: int = 0
    "Failures until lock; 0 where it never locks."
    unlock_identified: bool = False
    password_min: int = 0
    password_mixed: bool = False
    change_offered: bool = False
    server_side: bool = False
    stored_hashed: bool = False
    encrypted_end_to_end: bool = False
    failures_monitored: bool = False
    notified: bool = False
    "The account owner is told of sign-ins and trades."
    certificate_authority_approved: bool | None = None
    caller_recorded: bool | None = None
    video_kept: bool | None = None


@observation_kind("mobile.app_test/1", "行動應用程式檢測", "Mobile app test")
@dataclass(frozen=True, slots=True, kw_only=True)
class MobileAppTest(Body):
    """Latest test of one mobile app."""

    accredited_laboratory: bool
    tested_on: date
    passed: bool
    permissions_match: bool = False
    compromise_warning: bool = False
    messages_deidentified: bool = False
    official_store: bool = False
    report_reviewed: bool = False
    fake_app_watch: bool = False


@observation_kind("web.page/1", "官方網頁檢視", "Official web page")
@dataclass(frozen=True, slots=True, kw_only=True)
class WebPage(Body):
    """What a crawl saw on an official page or social account."""

    leave_notice: bool = False
    official_identity: bool = False
    "Name, contact and licence number are shown."
    complaint_contact: bool = False
    ai_disclosed: bool | None = None
    alternative_offered: bool | None = None
