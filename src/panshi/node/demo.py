"""The demo: 磐石示範銀行 with its history, and this machine as a second, real estate.

Building it again adds nothing: the demo bank is deterministic for a given day of building,
and what is in the log already is known.
"""

from __future__ import annotations

from datetime import timedelta

from panshi.node.demo_accountability import seed_offices
from panshi.node.demo_attestations import seed_attestations
from panshi.node.demo_desk import seed_desk
from panshi.node.demo_exceptions import seed_exceptions
from panshi.node.demo_intelligence import seed_intelligence
from panshi.node.demo_norms import seed_norms
from panshi.node.demo_privileged import seed_privileged
from panshi.node.demo_resilience import seed_resilience
from panshi.node.demo_reviews import seed_reviews
from panshi.node.demo_secure_development import seed_secure_development
from panshi.node.demo_signal_streams import seed_signal_streams
from panshi.node.demo_supply_chain import seed_supply_chain
from panshi.node.demo_vault import seed_vault
from panshi.node.demo_zero_trust import seed_zero_trust
from panshi.node.demo_zero_trust_scope import seed_zero_trust_scope
from panshi.node.node import THIS_MACHINE, Node
from panshi.node.observing import Progress
from panshi.node.projects import seed_projects
from panshi.node.resilience.sealing import seal_continuity
from panshi.observe.demo_bank import demo_estate, demo_files, demo_observations, read_plan

DEMO_BANK = "demo-bank"
HISTORY = timedelta(days=3 * 366)
"The bank pretends to have been known for so long, so that its quarters can be looked at."


def build_demo(node: Node, *, actor: str, progress: Progress = lambda _count: None) -> int:
    """Commit the demo estate, seal its observations, observe this machine; count what is new."""
    before = node.log.size()
    if node.estates.head(DEMO_BANK) is None:
        plan = read_plan(*demo_files())
        now = node.clock().replace(hour=0, minute=0, second=0, microsecond=0)
        began = now - HISTORY
        estate = demo_estate(plan, began)
        done = 0
        for received_at, batch in demo_observations(plan, estate, now, node.library.frameworks):
            done += node.log.append(batch, received_at).new
            progress(done)
        node.commit_estate(estate, by=actor, at=began)
        seed_offices(node, DEMO_BANK, now)
        seed_exceptions(node, DEMO_BANK, now)
        seed_attestations(node, DEMO_BANK, now)
        seed_reviews(node, DEMO_BANK, now)
        seed_norms(node, now)
        seed_projects(node, DEMO_BANK, now)
        seed_zero_trust_scope(node, DEMO_BANK, now)
        seed_zero_trust(node, DEMO_BANK, now)
        seed_signal_streams(node)
        seed_privileged(node, DEMO_BANK)
        seed_supply_chain(node, DEMO_BANK, now)
        seed_secure_development(node, DEMO_BANK, now)
        seed_intelligence(node, DEMO_BANK, now)
        seed_desk(node, DEMO_BANK, now)
        seed_resilience(node, DEMO_BANK, now)
        seed_vault(node, DEMO_BANK, now)
        seal_continuity(node, actor="demo", estate_id=DEMO_BANK, at=now, trials=0)
        node.audit(actor, "demo.build", DEMO_BANK)
    node.observe(THIS_MACHINE, actor=actor, progress=progress)
    return node.log.size() - before
