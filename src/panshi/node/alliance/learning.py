"""`panshi soc learn`, `panshi feeds import`: learn once per bundle, with what analysts decided."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from panshi.alliance.extraction.techniques.model import Model
from panshi.node.alliance.extraction import models_folder
from panshi.node.alliance.own_examples import decided_examples
from panshi.node.alliance.technique_model import kept_model, learn
from panshi.node.node import Node
from panshi.observe.attack import digest_of, is_bundle

type Progress = Callable[[str], None]


def learn_here(
    node: Node, path: Path, *, actor: str, progress: Progress = lambda _step: None
) -> Model:
    """Learn into the node's home and seal that it was done."""
    model = learn(
        models_folder(node.home.path), path, own=decided_examples(node), progress=progress
    )
    node.audit(actor, "extraction.learn", model.about.version, detail=model.about.learned[:200])
    return model


def learn_from_found(
    node: Node,
    paths: Iterable[Path],
    *,
    actor: str,
    progress: Progress = lambda _step: None,
) -> tuple[Path, Model] | None:
    """Learn from the first ATT&CK bundle among files; not again from what was learned already."""
    for path in paths:
        if is_bundle(path):
            held = kept_model(models_folder(node.home.path))
            if held is not None and digest_of(path) in held.about.learned:
                return path, held
            return path, learn_here(node, path, actor=actor, progress=progress)
    return None
