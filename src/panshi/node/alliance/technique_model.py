"""Learn the technique model from an ATT&CK bundle, keep it, and bring it back.

learn(folder, Path("attack-enterprise.zip"))     a minute or two of one processor
reader(folder)                                   in a fraction of a second, with or without one
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from panshi.alliance.extraction.cues import Cues, cue
from panshi.alliance.extraction.gloss import Lexicon, lexicon
from panshi.alliance.extraction.techniques.examples import Example, lessons
from panshi.alliance.extraction.techniques.features import arranged
from panshi.alliance.extraction.techniques.model import FORMAT, About, Model
from panshi.alliance.extraction.techniques.reading import TechniqueReader
from panshi.errors import ContentError, StoreError
from panshi.observe.attack import read_bundle
from panshi.store import library
from panshi.store.technique_models import KeptModel, TechniqueModels

type Progress = Callable[[str], None]


class _CueFile(msgspec.Struct, forbid_unknown_fields=True):
    version: int
    cues: dict[str, tuple[str, ...]]


class _TermFile(msgspec.Struct, forbid_unknown_fields=True):
    version: int
    terms: dict[str, str]
    denied: tuple[str, ...]
    advised: tuple[str, ...]


@cache
def cues() -> Cues:
    """Give the phrases that ship."""
    read = content("cues.yaml", _CueFile)
    return Cues(
        all=tuple(cue(name, written) for name, each in read.cues.items() for written in each)
    )


@cache
def terms() -> Lexicon:
    """Give the Chinese terms that ship."""
    read = content("terms.yaml", _TermFile)
    return lexicon(read.terms, read.denied, read.advised)


def content[Shape](name: str, shape: type[Shape]) -> Shape:
    """Read one file of what extraction knows, as its shape."""
    import yaml  # noqa: PLC0415 -- start-up

    place, raw = library.extraction(name)
    loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return msgspec.convert(yaml.load(raw, Loader=loader), shape)  # noqa: S506 -- a safe loader
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        raise ContentError(f"breaks its own rules: {error}", place=place) from error


def learn(
    folder: Path,
    path: Path,
    *,
    own: tuple[Example, ...] = (),
    progress: Progress = lambda _step: None,
) -> Model:
    """Learn from a bundle and from local decisions, and put the model in force."""
    from panshi.alliance.extraction.techniques.training import train  # noqa: PLC0415 -- start-up

    began = time.process_time()
    progress("read")
    bundle = read_bundle(path)
    taught = lessons(bundle.objects)
    model = train(
        replace(taught, examples=(*taught.examples, *own)),
        cues(),
        progress=progress,
        learned=f"sha256:{bundle.sha256}, {len(own)} own examples",
    )
    measured = replace(model.about.measured, seconds=round(time.process_time() - began, 1))
    model = replace(model, about=replace(model.about, measured=measured))
    progress("keep")
    TechniqueModels(folder).keep(_kept(model))
    return model


def kept_model(folder: Path) -> Model | None:
    """Bring the model in force back; None where none was learned."""
    kept = TechniqueModels(folder).current()
    if kept is None:
        return None
    try:
        about = msgspec.json.decode(kept.about, type=About)
        return _model(kept, about)
    except (msgspec.DecodeError, KeyError) as error:
        raise StoreError(
            f"the kept model is none of this release: {error}",
            place=str(folder),
            remedy="learn it again: `panshi soc learn FILE`",
        ) from error


def reader(folder: Path) -> TechniqueReader:
    """Give what reads texts: with the model in force, or by rules alone where there is none."""
    return TechniqueReader(cues=cues(), lexicon=terms(), model=kept_model(folder))


def _kept(model: Model) -> KeptModel:
    return KeptModel(
        about=msgspec.json.encode(model.about),
        names=model.features,
        weights=model.weights,
        numbers={
            "rarity": model.vocabulary.rarity,
            "scales": model.scales,
            "intercepts": model.intercepts,
            "words": np.array([len(model.vocabulary.words)]),
        },
    )


def _model(kept: KeptModel, about: About) -> Model:
    numbers: dict[str, Any] = dict(kept.numbers)
    words = int(numbers["words"][0])
    fits = (
        about.format == FORMAT
        and kept.weights.shape == (len(kept.names), len(about.classes))
        and kept.weights.dtype == np.int8
        and len(numbers["rarity"]) == len(kept.names)
        and len(numbers["scales"]) == len(numbers["intercepts"]) == len(about.classes)
    )
    if not fits:
        raise msgspec.DecodeError("its parts do not fit together")
    return Model(
        about=about,
        vocabulary=arranged(kept.names[:words], kept.names[words:], numbers["rarity"]),
        weights=kept.weights,
        scales=numbers["scales"],
        intercepts=numbers["intercepts"],
    )
