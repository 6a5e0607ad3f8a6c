"""The roles people and tokens hold, and the actions console and API ask about."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """A duty in the institution or beside it; an account may hold several."""

    CISO = "ciso"
    CONTROL_OWNER = "control_owner"
    APPROVER = "approver"
    ANALYST = "analyst"
    INTERNAL_AUDIT = "internal_audit"
    BOARD_READER = "board_reader"
    MEMBER_LIAISON = "member_liaison"
    ASSOCIATION = "association"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"


ROLES: tuple[str, ...] = tuple(Role)
"Names of all roles, in the order shown to people."

ROLE_NAMES: dict[Role, tuple[str, str]] = {
    Role.CISO: ("資安長", "CISO"),
    Role.CONTROL_OWNER: ("控制措施負責人", "control owner"),
    Role.APPROVER: ("核准人", "approver"),
    Role.ANALYST: ("分析人員", "analyst"),
    Role.INTERNAL_AUDIT: ("內部稽核", "internal audit"),
    Role.BOARD_READER: ("董事會讀者", "board reader"),
    Role.MEMBER_LIAISON: ("會員聯絡人", "member liaison"),
    Role.ASSOCIATION: ("公會", "association"),
    Role.SUPERVISOR: ("主管機關", "supervisor"),
    Role.ADMINISTRATOR: ("系統管理員", "administrator"),
}
"Each role in zh-TW and English."

ACTIONS: tuple[str, ...] = (
    "access.end",
    "access.view",
    "account.manage",
    "account.self",
    "account.view",
    "activity.view",
    "attestation.countersign",
    "attestation.make",
    "attestation.reexamine",
    "attestation.view",
    "break_glass.decide",
    "build_key.approve",
    "build_key.propose",
    "bundle.view",
    "claim.make",
    "clock.confirm",
    "clock.propose",
    "comment.view",
    "comment.write",
    "continuity.approve",
    "continuity.propose",
    "continuity.seal",
    "continuity.view",
    "deidentification.restore",
    "deidentification.review",
    "device.revoke",
    "device.view",
    "disclosure.handle",
    "disclosure.publish",
    "disclosure.view",
    "estate.change",
    "estate.view",
    "evidence.personal",
    "evidence.redact",
    "evidence.view",
    "exception.close",
    "exception.decide",
    "exception.request",
    "exception.review",
    "exception.view",
    "extraction.decide",
    "extraction.view",
    "exposure.approve",
    "exposure.handle",
    "feed.advise",
    "feed.change",
    "feed.sync",
    "feed.view",
    "finding.follow",
    "framework.view",
    "grant.decide",
    "grant.end",
    "grant.request",
    "grant.view",
    "help.view",
    "home.view",
    "hub_member.decide",
    "hub_member.invite",
    "hub_member.stand",
    "hub_member.terms",
    "hub_member.view",
    "indicator.define",
    "indicator.freeze",
    "indicator.view",
    "intel.allow",
    "intel.red",
    "intel.subscribe",
    "intel.view",
    "intel.work",
    "log.verify",
    "norm.decide",
    "norm.import",
    "not_applicable.sign",
    "observer.run",
    "observer.view",
    "office.appoint",
    "office.view",
    "own_names.change",
    "ownership.assign",
    "parameter.change",
    "parameter.view",
    "plan.adopt",
    "plan.view",
    "project.change",
    "report.view",
    "review.act",
    "review.hold",
    "review.view",
    "reward.rule",
    "reward.view",
    "sbom.forget",
    "sbom.ingest",
    "scope.answer",
    "scope.decide",
    "scope.view",
    "secure_development.seal",
    "soc.act",
    "soc.report",
    "soc.view",
    "statement.draft",
    "statement.sign",
    "statement.submit",
    "statement.view",
    "supply_chain.view",
    "taxii.collections",
    "taxii.read",
    "taxii.write",
    "token.manage",
    "vault.view",
    "verdict.view",
    "vex.approve",
    "vex.import",
    "vex.propose",
    "vex.view",
    "zt_policy.approve",
    "zt_policy.draft",
    "zt_policy.view",
    "zt_stream.change",
)
"Every action console and API ask about."
