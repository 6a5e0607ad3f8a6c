"""Candidates between norms against the TF-IDF floor, on crosswalks that people made.

    python bench/norms.py [--data FOLDER] [--json]

Floor: scikit-learn's TF-IDF over title and text, words and pairs of words, sublinear, English stop
words, fitted on both texts, cosine; for Chinese also runs of two and three characters. Both rank
the same clauses against the same truth in one run. recall@k: pairs found among the k best of their
source; any@1, any@10: sources with at least one right target among the best 1 and 10.

Truths: the crosswalks and the two languages of our own content, always; and what lies in FOLDER
(default ../shared/data/crosswalks), which is not part of this repository:

* CISO Assistant libraries (YAML): each `requirement_mapping_set` between frameworks in the folder;
* JSON crosswalks `{source_framework, target_framework, mappings: [{source_control_id,
  target_control_id}]}` with catalogs `{framework_id, controls: [{id, title, description, family}]}`
  or OSCAL catalogs named after the framework.

Weights were chosen on the crosswalks named in TUNED. Variants of the method were compared with the
others in sight, so that these are no blind test; only CRI Profile → CSF 2.0 was first measured when
the method stood. The last line counts where Panshi is below the floor.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import yaml
from sklearn.feature_extraction.text import TfidfVectorizer

from panshi.errors import PanshiError
from panshi.governance.norms.candidates import compare
from panshi.governance.norms.clauses import Clause, Norm, norm_of
from panshi.governance.norms.library_file import read_norm
from panshi.governance.norms.similarity import likeness
from panshi.node.library import Library

DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "crosswalks"
TUNED = frozenset({"osps-baseline → nist-ssdf-800-218", "zt36 → emerging"})
FEWEST_PAIRS = 20
MEASURES = ("any@1", "recall@1", "recall@3", "recall@5", "recall@10", "any@10")


@dataclass(frozen=True, kw_only=True)
class Truth:
    """Two norms and the pairs that people say belong together."""

    name: str
    one: Norm
    other: Norm
    pairs: frozenset[tuple[str, str]]
    language: int
    "Language the floor reads of the first text: 0 Chinese, 1 English."
    other_language: int | None = None


def own(library: Library) -> Iterator[Truth]:
    """Give the crosswalks of our content, and its two languages as each other's counterpart."""
    norms = {name: norm_of(each) for name, each in library.frameworks.items()}
    for source, target in (("zt36", "emerging"), ("actionplan", "blueprint")):
        pairs = frozenset(
            (pair.source.partition("/")[2], pair.target.partition("/")[2])
            for pair in library.mappings
            if pair.source.startswith(f"{source}/") and pair.target.startswith(f"{target}/")
        )
        both = {"one": norms[source], "other": norms[target], "pairs": pairs}
        yield Truth(name=f"{source} → {target}", language=0, **both)
    for name in ("emerging", "zt36", "blueprint"):
        same = frozenset((clause.id, clause.id) for clause in norms[name].clauses)
        yield Truth(
            name=f"{name} zh → en",
            one=one_language(norms[name], 0),
            other=one_language(norms[name], 1),
            pairs=same,
            language=0,
            other_language=1,
        )


def one_language(norm: Norm, language: int) -> Norm:
    """Keep one language of a norm."""

    def kept(pair: tuple[str, str]) -> tuple[str, str]:
        return (pair[0], "") if language == 0 else ("", pair[1])

    clauses = tuple(
        replace(c, title=kept(c.title), text=kept(c.text), context=kept(c.context))
        for c in norm.clauses
    )
    return replace(norm, clauses=clauses)


def held(folder: Path) -> Iterator[Truth]:
    """Give the crosswalks in a folder."""
    norms: dict[str, Norm] = {}
    sets: list[tuple[str, str, frozenset[tuple[str, str]]]] = []
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".yaml", ".yml"}:
            _yaml_file(path, norms, sets)
        elif path.suffix == ".json":
            _json_file(path, norms, sets)
    for source, target, pairs in sets:
        if source in norms and target in norms:
            known = {
                (a, b) for a, b in pairs if a in norms[source].by_id and b in norms[target].by_id
            }
            if len(known) >= FEWEST_PAIRS:
                yield Truth(
                    name=f"{source} → {target}",
                    one=norms[source],
                    other=norms[target],
                    pairs=frozenset(known),
                    language=1,
                )


def _yaml_file(path: Path, norms: dict[str, Norm], sets: list) -> None:
    raw = path.read_bytes()
    try:
        found = read_norm(raw, source=path.name).norm
    except PanshiError:
        _yaml_mappings(yaml.load(raw, Loader=yaml.CBaseLoader), norms, sets)
    else:
        norms[found.id] = found


def _yaml_mappings(document: object, norms: dict[str, Norm], sets: list) -> None:
    if not isinstance(document, dict):
        return
    if "controls" in document and "framework_id" in document:
        # Levels of one baseline come as files of their own: osps-baseline-m1, -m2, -m3.
        name = re.sub(r"-m\d$", "", document["framework_id"])
        norms[name] = _plain({**document, "framework_id": name}, norms.get(name))
        return
    objects = document.get("objects") or {}
    several = objects.get("requirement_mapping_sets") or [objects.get("requirement_mapping_set")]
    for each in filter(None, several):
        pairs = frozenset(
            (_end(m["source_requirement_urn"]), _end(m["target_requirement_urn"]))
            for m in each["requirement_mappings"]
        )
        ends = (each["source_framework_urn"], each["target_framework_urn"])
        sets.append((_tail(ends[0]), _tail(ends[1]), pairs))


def _json_file(path: Path, norms: dict[str, Norm], sets: list) -> None:
    document = json.loads(path.read_bytes())
    if not isinstance(document, dict):
        return
    if "mappings" in document and "source_framework" in document:
        pairs = frozenset(
            (m["source_control_id"], m["target_control_id"]) for m in document["mappings"]
        )
        sets.append((document["source_framework"], document["target_framework"], pairs))
    elif "catalog" in document:
        found = read_norm(path.read_bytes(), source=path.name).norm
        name = path.name.removesuffix(".json").removesuffix(".oscal")
        norms.setdefault(name, replace(found, id=name))
    elif "framework_id" in document and "controls" in document:
        norms[document["framework_id"]] = _plain(document, norms.get(document["framework_id"]))


def _plain(document: dict, before: Norm | None) -> Norm:
    """Read a plain list of controls; several files of one framework add up."""
    clauses = {} if before is None else dict(before.by_id)
    for control in document["controls"]:
        text = control.get("description") or ""
        title = control.get("title") or ""
        text = "" if text == title or text.startswith("[Licensed") else text
        clauses[control["id"]] = Clause(
            id=control["id"],
            title=("", title),
            text=("", text),
            context=("", control.get("family") or ""),
        )
    name = document["framework_id"]
    return Norm(id=name, version="", title=(name, name), clauses=tuple(clauses.values()))


def _tail(urn: str) -> str:
    return urn.rpartition(":")[2]


def _end(urn: str) -> str:
    """Give a requirement's id as our reader does where no reference is given: upper case."""
    return urn.rpartition(":")[2].upper()


def measured(score: np.ndarray, truth: Truth) -> dict[str, float]:
    """Count what the ranking finds."""
    rows = {clause.id: number for number, clause in enumerate(truth.one.judgeable)}
    columns = {clause.id: number for number, clause in enumerate(truth.other.judgeable)}
    pairs = [(rows[a], columns[b]) for a, b in sorted(truth.pairs) if a in rows and b in columns]
    order = np.argsort(-score, axis=1, kind="stable")
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.arange(score.shape[1])[None, :], axis=1)
    ranks = np.array([rank[pair] for pair in pairs])
    sources = np.array([row for row, _ in pairs])
    best = {row: ranks[sources == row].min() for row in set(sources.tolist())}
    found = {f"recall@{k}": float((ranks < k).mean()) for k in (1, 3, 5, 10)}
    found |= {f"any@{k}": sum(each < k for each in best.values()) / len(best) for k in (1, 10)}
    return found


def floor(truth: Truth, *, characters: bool) -> np.ndarray:
    """Rank by scikit-learn's TF-IDF, as the floor is defined."""
    second = truth.language if truth.other_language is None else truth.other_language
    ours = [_read(clause, truth.language) for clause in truth.one.judgeable]
    theirs = [_read(clause, second) for clause in truth.other.judgeable]
    if characters:
        vectors = TfidfVectorizer(analyzer="char", ngram_range=(2, 3), sublinear_tf=True)
    else:
        vectors = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, stop_words="english")
    vectors.fit(ours + theirs)
    return (vectors.transform(ours) @ vectors.transform(theirs).T).toarray()


def _read(clause: Clause, language: int) -> str:
    return f"{clause.title[language]} {clause.text[language]}"


def synthetic(name: str, many: int, library: Library) -> Norm:
    """Make a norm of many clauses out of the words of ours (synthetic)."""
    chance = np.random.default_rng(len(name))
    real = [each for f in library.frameworks.values() for each in norm_of(f).clauses]
    picks = chance.integers(0, len(real), (many, 3))
    clauses = tuple(
        replace(
            real[one],
            id=f"{name}-{number}",
            text=(
                f"{real[one].text[0]}{real[two].title[0]}{real[three].title[0]}",
                f"{real[one].text[1]} {real[two].title[1]} {real[three].title[1]}",
            ),
        )
        for number, (one, two, three) in enumerate(picks)
    )
    return Norm(id=name, version="1", title=(name, name), clauses=clauses)


def main() -> None:
    """Print the table, or the same as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--clauses", type=int, default=1000)
    args = parser.parse_args()
    library = Library()
    truths = [*own(library), *(held(args.data) if args.data.is_dir() else ())]
    rows = []
    for truth in truths:
        ours = measured(likeness(truth.one, truth.other, library.glossary).score, truth)
        plain = measured(floor(truth, characters=False), truth)
        letters = measured(floor(truth, characters=True), truth) if truth.language == 0 else None
        rows.append((truth, ours, plain, letters))
    one, other = (synthetic(name, args.clauses, library) for name in ("first", "second"))
    began = time.perf_counter()
    compare(one, other, library.glossary)
    seconds = time.perf_counter() - began
    if args.json:
        print(json.dumps(_answer(rows, args.clauses, seconds), indent=2, ensure_ascii=False))
        return
    if not args.data.is_dir():
        print(f"no crosswalks in {args.data}: only our own content is measured\n")
    print(f"{'crosswalk':38} {'pairs':>5}  " + " ".join(f"{each:>10}" for each in MEASURES))
    for truth, ours, plain, letters in rows:
        tuned = " (tuned)" if truth.name in TUNED else ""
        print(f"{truth.name + tuned:38} {len(truth.pairs):5}  " + _line(ours))
        print(f"{'  TF-IDF words':38} {'':5}  " + _line(plain))
        if letters is not None:
            print(f"{'  TF-IDF characters':38} {'':5}  " + _line(letters))
        print(f"{'  above the better floor':38} {'':5}  " + _gain(ours, plain, letters))
    below = sum(each < 0 for row in rows for each in _gains(*row[1:]).values())
    print(f"\n{args.clauses:,} x {args.clauses:,} clauses (synthetic): {seconds:.1f} s")
    print(f"below the better floor: {below} of {len(rows) * len(MEASURES)} measures")


def _line(found: dict[str, float]) -> str:
    return " ".join(f"{found[each]:10.3f}" for each in MEASURES)


def _gain(ours: dict[str, float], *floors: dict[str, float] | None) -> str:
    return " ".join(f"{each:+10.3f}" for each in _gains(ours, *floors).values())


def _gains(ours: dict[str, float], *floors: dict[str, float] | None) -> dict[str, float]:
    """Tell how far above the better floor each measure lies."""
    return {each: ours[each] - max(f[each] for f in floors if f) for each in MEASURES}


def _answer(rows: list, clauses: int, seconds: float) -> dict[str, object]:
    return {
        "crosswalks": [
            {
                "name": truth.name,
                "pairs": len(truth.pairs),
                "tuned": truth.name in TUNED,
                "panshi": ours,
                "tfidf_words": plain,
                "tfidf_characters": letters,
                "above": _gains(ours, plain, letters),
            }
            for truth, ours, plain, letters in rows
        ],
        "clauses": clauses,
        "seconds": round(seconds, 2),
    }


if __name__ == "__main__":
    main()
