"""The vault: where its shards lie and what that proves, its sources, and what drills measured."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from panshi.node.resilience.placement import SealedPlacement
from panshi.node.resilience.vault_status import VaultStatus, vault_status
from panshi.resilience.vault_placement import Finding, Left, Party
from panshi.web.gate import action
from panshi.web.looking import looking
from panshi.web.nodes import node
from panshi.web.words import pick, say


@action("vault.view")
def status(request: HttpRequest, estate_id: str) -> HttpResponse:
    """Show what is known of the vaults."""
    look = looking(request, estate_id)
    found = vault_status(node(), estate_id)
    return render(
        request,
        "pages/vault.html",
        look.context
        | {
            "vault": found,
            "sentence": _sentence(found),
            "placements": [_placement(each) for each in found.placements],
            "sources": [
                {
                    "it": each,
                    "rto": each.drill.rto_seconds / 60 if each.drill else None,
                    "rpo": each.drill.rpo_seconds / 60 if each.drill else None,
                    "rto_target": each.drill.rto_target_seconds / 60 if each.drill else None,
                    "withheld": _names(each.drill.places_withheld, found) if each.drill else "",
                }
                for each in found.sources
            ],
        },
    )


def _sentence(found: VaultStatus) -> str:
    if not (found.sources or found.placements or found.unconfirmed):
        return say("尚無保險庫。", "There is no vault yet.")
    said = [_proof_words(each) for each in found.placements]
    total, failed, due = len(found.sources), len(found.failed), len(found.due)
    good = total - len({each.source for each in (*found.failed, *found.due)})
    said.append(
        say(
            f"{total} 個來源中 {good} 個一季內實際還原成功",
            f"{good} of {total} sources were really restored within a quarter",
        )
        + (say(f"，{failed} 個失敗", f", {failed} failed") if failed else "")
        + (say(f"，{due} 個到期未演練", f", {due} are due") if due else "")
        + say("。", ".")
    )
    held = len(found.quarantined)
    if held:
        said.append(
            say(
                f"{held} 個來源的最新快照有異常，已隔離。",
                f"The newest snapshot of {held} is held back.",
            )
        )
    said += [
        say(
            f"保險庫「{each.vault}」第 {each.epoch} 版分持尚未確認，舊分持仍可開啟。",
            f"Shares of epoch {each.epoch} of vault {each.vault} are not confirmed: the old ones "
            "still open it.",
        )
        for each in found.unconfirmed
    ]
    return say("", " ").join(said)


def _proof_words(each: SealedPlacement) -> str:
    proof = each.proof
    broken = len(proof.broken)
    if broken:
        return say(
            f"分片位置有 {broken} 項規則不成立；",
            f"{broken} rules on where shards lie do not hold.",
        )
    return say(
        f"資料分為 {proof.n} 片、任 {proof.k} 片可還原，位置經逐一列舉證明符合規則；",
        f"Of {proof.n} shards any {proof.k} restore, and where they lie is proven.",
    )


def _placement(each: SealedPlacement) -> dict[str, object]:
    proof = each.proof
    places = [party for party in proof.parties if party.shards]
    keepers = [party for party in proof.parties if party.keys]
    names = {party.id: party.name for party in proof.parties}
    return {
        "it": each,
        "proof": proof,
        "places": [_place(party) for party in places],
        "keepers": len(keepers),
        "findings": [_finding(one, names) for one in proof.findings],
        "left": [_left(one, names) for one in proof.scenarios],
    }


def _place(party: Party) -> dict[str, object]:
    return {
        "it": party,
        "shards": party.shards.bit_count(),
        "where": say("境內", "in Taiwan") if party.home else say("境外", "abroad"),
        "whose": say("自有", "own") if party.own else say("他人", "run by others"),
    }


def _finding(one: Finding, names: dict[str, str]) -> dict[str, object]:
    listed = say("、", ", ").join(names.get(each, each) for each in one.witness)
    return {
        "it": one,
        "title": pick((one.rule.zh, one.rule.en)),
        "witness": listed,
    }


def _left(one: Left, names: dict[str, str]) -> dict[str, object]:
    return {
        "it": one,
        "title": pick((one.scenario.zh, one.scenario.en)),
        "lost": say("、", ", ").join(names.get(each, each) for each in one.lost),
    }


def _names(ids: tuple[str, ...], found: VaultStatus) -> str:
    names = {party.id: party.name for each in found.placements for party in each.proof.parties}
    return say("、", ", ").join(names.get(each, each) for each in ids)


urlpatterns = [path("e/<str:estate_id>/vault/", status, name="vault")]
