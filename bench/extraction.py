"""How well free text is read: techniques, indicators, calibration, time.

    python bench/extraction.py --bundle ../shared/data/attack-enterprise.zip     learns first
    python bench/extraction.py --model FOLDER                                    uses a kept model

The labelled texts in tests/golden/extraction were invented and labelled by the authors of this
project, who also wrote the rules; documents that were looked at while rules were adjusted are told
apart. The trial on ATT&CK's own examples sets whole reports aside.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from panshi.alliance.extraction.reading import Extractor
from panshi.alliance.extraction.techniques.training import calibration_error
from panshi.node.alliance.extraction import ExtractAnswer, extracted, extractor
from panshi.node.alliance.technique_model import learn

GOLDEN = Path(__file__).resolve().parents[1] / "tests" / "golden" / "extraction"


@dataclass
class Score:
    """Right, wrong and missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def add(self, found: set[Any], truth: set[Any]) -> None:
        """Count one text."""
        self.right += len(found & truth)
        self.wrong += len(found - truth)
        self.missed += len(truth - found)

    @property
    def precision(self) -> float:
        """Share of what was told that is right."""
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """Share of what is right that was told."""
        return self.right / max(1, self.right + self.missed)

    @property
    def f1(self) -> float:
        """Harmonic mean of both."""
        return 2 * self.right / max(1, 2 * self.right + self.wrong + self.missed)

    def __str__(self) -> str:
        """As a row shows it."""
        return f"F1 {self.f1:.3f}  precision {self.precision:.3f}  recall {self.recall:.3f}"


def documents(language: str) -> list[dict[str, Any]]:
    """Read the labelled reports of a language."""
    return yaml.safe_load((GOLDEN / f"reports.{language}.yaml").read_text(encoding="utf-8"))


def told(found: ExtractAnswer) -> set[str]:
    """Give the techniques of a document."""
    return {each.id for each in found.techniques}


def techniques(reader: Extractor, *, details: bool, thresholds: Iterable[float]) -> None:
    """Score document by document."""
    for language in ("en", "zh"):
        for tuned in (True, False):
            chosen = [each for each in documents(language) if each["tuned"] is tuned]
            exact, parents, single = Score(), Score(), []
            for each in chosen:
                found = extracted(reader, each["text"])
                truth = set(each["techniques"])
                exact.add(told(found), truth)
                parents.add({name[:5] for name in told(found)}, {name[:5] for name in truth})
                single += [(hit.score, hit.id in truth) for hit in found.techniques]
                if details:
                    explain(each["id"], found, truth)
            word = "looked at" if tuned else "held out"
            error = calibration_error(single)
            print(f"{language} {word:<9} {len(chosen):>2} reports  {exact}")
            print(f"   parents alone {parents.f1:.3f}, calibration error {error:.3f}")
        for limit in thresholds:
            score = Score()
            for each in documents(language):
                found = extracted(reader, each["text"], threshold=limit)
                score.add(told(found), set(each["techniques"]))
            print(f"{language} threshold {limit:.2f}  {score}")


def explain(name: str, found: ExtractAnswer, truth: set[str]) -> None:
    """Name what was missed and what was wrong in a document, with the reason."""
    print(f"  {name} missed {' '.join(sorted(truth - told(found)))}")
    for hit in found.techniques:
        if hit.id not in truth:
            print(f"      wrong {hit.id} {hit.score} {hit.reason} {hit.text[:90]!r} {hit.words}")


def indicator_score() -> None:
    """Score indicators, exactly by kind and value."""
    whole, kinds = Score(), Counter[str]()
    reader = extractor(Path("/nonexistent"))
    for each in yaml.safe_load((GOLDEN / "indicators.yaml").read_text(encoding="utf-8")):
        found = extracted(reader, each["text"])
        things = (*found.indicators, *found.vulnerabilities, *found.artefacts)
        mine = {(one.kind, one.value) for one in things}
        truth = {(kind, value) for kind, values in each["found"].items() for value in values}
        whole.add(mine, truth)
        kinds.update(kind for kind, _ in truth)
        if mine != truth:
            print(f"  {each['text'][:60]!r}\n    wrong {mine - truth}\n    missed {truth - mine}")
    print(f"indicators over {sum(kinds.values())} of {len(kinds)} kinds  {whole}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bundle", type=Path, help="an ATT&CK bundle to learn from")
    parser.add_argument("--model", type=Path, help="folder of a kept model")
    parser.add_argument("--details", action="store_true", help="name what was wrong and missed")
    parser.add_argument("--sweep", action="store_true", help="try several thresholds")
    args = parser.parse_args()
    folder = args.model or Path(tempfile.mkdtemp(prefix="panshi-extraction-"))
    if args.bundle:
        began, cpu = time.perf_counter(), time.process_time()
        learn(folder, args.bundle)
        wall, cpu = time.perf_counter() - began, time.process_time() - cpu
        print(f"learned in {wall:.0f} s, {cpu:.0f} s of processor time")
    began = time.perf_counter()
    reader = extractor(folder)
    print(f"model opened in {time.perf_counter() - began:.2f} s")
    if reader.techniques.model:
        about = reader.techniques.model.about
        seen = about.measured
        print(f"ATT&CK {about.version}, trial on {seen.reports} reports it had not seen:")
        print(f"   first right {seen.right_first:.3f}, calibration {seen.calibration_error:.3f}")
    sweep = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8) if args.sweep else ()
    techniques(reader, details=args.details, thresholds=sweep)
    began, size = time.perf_counter(), 0
    for each in (*documents("en"), *documents("zh")):
        extracted(reader, each["text"])
        size += len(each["text"])
    print(f"{size:,} characters read in {time.perf_counter() - began:.2f} s")
    indicator_score()


if __name__ == "__main__":
    main()
