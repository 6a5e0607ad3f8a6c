"""`panshi soc learn FILE`: learn from an ATT&CK bundle how techniques are told of."""

from __future__ import annotations

import argparse
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.output import Output
from panshi.cli.verbs.opening import actor, open_node
from panshi.node.alliance.learning import learn_here
from panshi.node.alliance.technique_model import learn


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare its arguments."""
    parser.add_argument(
        "file", type=Path, help="enterprise-attack.json of MITRE's attack-stix-data, or its ZIP"
    )
    parser.add_argument(
        "--model", type=Path, help="keep the model in this folder instead of the home"
    )


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Learn, which takes a minute or two."""

    def progress(step: str) -> None:
        out.note(f"{step} …")

    if args.model is not None:
        model = learn(args.model, args.file, progress=progress)
    else:
        with open_node() as node:
            model = learn_here(node, args.file, actor=actor(), progress=progress)
    about, measured = model.about, model.about.measured
    answer = {
        "attack_version": about.version,
        "learned": about.learned,
        "techniques": len(about.techniques),
        "threshold": about.threshold,
        "measured": measured,
    }
    out.answer(
        answer,
        lambda: [
            out.pick(
                f"ATT&CK {about.version}：已學習 {len(about.techniques)} 項技術，"
                f"費時 {measured.seconds:.0f} 秒處理器時間。",
                f"ATT&CK {about.version}: {len(about.techniques)} techniques learned in "
                f"{measured.seconds:.0f} s of processor time.",
            ),
            out.pick(
                f"以未參與訓練之 {measured.reports} 份報告測試：首選技術正確 "
                f"{measured.right_first:.1%}，校準誤差 {measured.calibration_error:.3f}。",
                f"Tried on {measured.reports} reports it had not seen: first technique right "
                f"{measured.right_first:.1%}, calibration error {measured.calibration_error:.3f}.",
            ),
        ],
    )
    return Exit.DONE
