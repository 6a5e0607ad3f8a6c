"""Every address of the console; each view names the action it performs (see `gate`)."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.webauthn import views as passkeys
from allauth.usersessions import views as sessions
from django.urls import path, re_path
from django.views.i18n import set_language

from panshi.web import problems
from panshi.web.gate import action, open_to_all
from panshi.web.identity import addresses
from panshi.web.identity import views as identity
from panshi.web.pages import (
    about,
    access_decisions,
    accounts,
    activity,
    assets,
    attestations,
    comments,
    continuity,
    continuity_bia,
    continuity_cut_sets,
    continuity_parts,
    continuity_sealing,
    control,
    decisions,
    devices,
    disclosure,
    disclosure_public,
    estates,
    evidence,
    exceptions,
    extraction,
    feeds,
    first_week,
    frameworks,
    home,
    hub_campaigns,
    hub_collections,
    hub_concentration,
    hub_home,
    hub_member_trail,
    hub_members,
    hub_reports,
    hub_rewards,
    hub_tickets,
    inbox,
    indicators,
    intelligence,
    live_sessions,
    norm_outlook,
    norm_overlap,
    norms,
    notices,
    observers,
    offices,
    owners,
    parameters,
    paths,
    policies,
    posture,
    privileged,
    projects,
    reports,
    reviews,
    search,
    secure_development,
    signal_streams,
    statements,
    supply_chain,
    supply_chain_advisories,
    supply_chain_board,
    supply_chain_suppliers,
    supply_chain_system,
    unseen,
    vault,
    vex,
    vex_received,
    views,
    watching,
    zero_trust,
    zero_trust_scope,
)

own = action("account.self", audited=False)

urlpatterns = [
    *home.urlpatterns,
    *inbox.urlpatterns,
    *notices.urlpatterns,
    *first_week.urlpatterns,
    *estates.urlpatterns,
    *owners.urlpatterns,
    *offices.urlpatterns,
    *indicators.urlpatterns,
    *intelligence.urlpatterns,
    *reviews.urlpatterns,
    *statements.urlpatterns,
    *unseen.urlpatterns,
    *paths.urlpatterns,
    *zero_trust_scope.urlpatterns,
    *projects.urlpatterns,
    *views.urlpatterns,
    *watching.urlpatterns,
    *reports.urlpatterns,
    *exceptions.urlpatterns,
    *extraction.urlpatterns,
    *attestations.urlpatterns,
    *decisions.urlpatterns,
    *search.urlpatterns,
    *secure_development.urlpatterns,
    *continuity.urlpatterns,
    *continuity_bia.urlpatterns,
    *continuity_cut_sets.urlpatterns,
    *continuity_parts.urlpatterns,
    *continuity_sealing.urlpatterns,
    *vault.urlpatterns,
    *comments.urlpatterns,
    *activity.urlpatterns,
    *norms.urlpatterns,
    *norm_overlap.urlpatterns,
    *norm_outlook.urlpatterns,
    path("health/", about.health, name="health"),
    path("help/", about.about, name="help"),
    path("theme/", about.theme, name="theme"),
    path("language/", open_to_all(set_language), name="set_language"),
    # An estate.
    path("e/<str:estate_id>/", posture.posture, name="posture"),
    path("e/<str:estate_id>/frameworks/", frameworks.frameworks, name="frameworks"),
    path(
        "e/<str:estate_id>/frameworks/<str:framework_id>/", frameworks.framework, name="framework"
    ),
    path(
        "e/<str:estate_id>/frameworks/<str:framework_id>/coverage/",
        frameworks.coverage,
        name="coverage",
    ),
    path(
        "e/<str:estate_id>/controls/<str:framework_id>/<path:control_id>/",
        control.control,
        name="control",
    ),
    path("e/<str:estate_id>/assets/", assets.assets, name="assets"),
    path("e/<str:estate_id>/assets/export/", assets.export, name="assets_export"),
    path("e/<str:estate_id>/assets/inventories/", assets.inventories, name="inventories"),
    path("e/<str:estate_id>/assets/history/", assets.history, name="history"),
    path("e/<str:estate_id>/asset/<path:asset_id>/", assets.asset, name="asset"),
    # The evidence log.
    path("evidence/", evidence.evidence, name="evidence"),
    path("evidence/export/", evidence.export, name="evidence_export"),
    path("evidence/verifier/", evidence.verifier, name="verifier"),
    re_path(
        r"^evidence/(?P<observation_id>[0-9a-f]{32})/$", evidence.observation, name="observation"
    ),
    re_path(r"^evidence/(?P<observation_id>[0-9a-f]{32})/verify/$", evidence.verify, name="verify"),
    re_path(r"^evidence/(?P<observation_id>[0-9a-f]{32})/proof/$", evidence.bundle, name="bundle"),
    # Zero trust.
    *zero_trust.urlpatterns,
    *policies.urlpatterns,
    *access_decisions.urlpatterns,
    *live_sessions.urlpatterns,
    *signal_streams.urlpatterns,
    *feeds.urlpatterns,
    *privileged.urlpatterns,
    *devices.urlpatterns,
    # A hub.
    *hub_home.urlpatterns,
    *hub_tickets.urlpatterns,
    *hub_campaigns.urlpatterns,
    *hub_concentration.urlpatterns,
    *hub_members.urlpatterns,
    *hub_collections.urlpatterns,
    *hub_member_trail.urlpatterns,
    *hub_reports.urlpatterns,
    *hub_rewards.urlpatterns,
    # The disclosure channel; what anybody may read and send, then the desk.
    *disclosure_public.urlpatterns,
    *disclosure.urlpatterns,
    # Software supply chain.
    *supply_chain.urlpatterns,
    *supply_chain_advisories.urlpatterns,
    *supply_chain_board.urlpatterns,
    *supply_chain_suppliers.urlpatterns,
    *supply_chain_system.urlpatterns,
    *vex_received.urlpatterns,
    *vex.urlpatterns,
    # Observers and parameters.
    path("observers/", observers.observers, name="observers"),
    path("observers/run/", observers.run, name="observe_machine"),
    path("observers/<str:source>/preview/", observers.preview, name="observe_preview"),
    path("observers/<str:source>/commit/", observers.commit, name="observe_commit"),
    path("parameters/", parameters.parameters, name="parameters"),
    path("parameters/<path:name>/", parameters.change, name="parameter_change"),
    # Accounts.
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/invite/", accounts.invite, name="invite"),
    path("accounts/<str:name>/roles/", accounts.assign, name="assign"),
    # Signing in; django-allauth asks for these names.
    *addresses.urlpatterns,
    path("welcome/<str:token>/", identity.welcome, name="welcome"),
    path("account/", identity.account, name="account"),
    path("account/", identity.account, name="mfa_index"),
    path("account/login/", open_to_all(account.login), name="account_login"),
    path("account/logout/", own(account.logout), name="account_logout"),
    path("account/inactive/", open_to_all(account.account_inactive), name="account_inactive"),
    path("account/signup/", open_to_all(account.signup), name="account_signup"),
    path("account/reauthenticate/", own(account.reauthenticate), name="account_reauthenticate"),
    path("account/password/", identity.set_password, name="account_set_password"),
    path("account/password/change/", own(account.password_change), name="account_change_password"),
    path("account/sessions/", own(sessions.list_usersessions), name="usersessions_list"),
    path("account/code/", open_to_all(mfa.authenticate), name="mfa_authenticate"),
    path("account/again/", own(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("account/codes/", own(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "account/codes/new/", own(codes.generate_recovery_codes), name="mfa_generate_recovery_codes"
    ),
    path(
        "account/codes/file/",
        own(codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path("account/passkeys/", identity.account, name="mfa_list_webauthn"),
    path("account/passkeys/add/", own(passkeys.add_webauthn), name="mfa_add_webauthn"),
    path(
        "account/passkeys/login/", open_to_all(passkeys.login_webauthn), name="mfa_login_webauthn"
    ),
    path(
        "account/passkeys/again/",
        own(passkeys.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path(
        "account/passkeys/<int:pk>/remove/",
        own(passkeys.remove_webauthn),
        name="mfa_remove_webauthn",
    ),
    path("account/passkeys/<int:pk>/name/", own(passkeys.edit_webauthn), name="mfa_edit_webauthn"),
]

handler403 = problems.refused
handler404 = problems.missing
handler500 = problems.broken
