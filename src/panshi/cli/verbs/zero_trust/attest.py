"""`panshi zt attest …`: run on a device; make its TPM known, then prove device and boot."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from panshi.cli.exit_codes import Exit
from panshi.cli.files import read_whole
from panshi.cli.output import Output
from panshi.cli.verbs.opening import everywhere
from panshi.node.home import Home
from panshi.node.zero_trust.attest_agent import Agent, Answer
from panshi.node.zero_trust.ssf_client import Peer
from panshi.observe.tpm import Tpm

_LONGEST_TOKEN = 4096


def arguments(parser: argparse.ArgumentParser) -> None:
    """Enrol once, quote as often as wanted."""
    verbs = parser.add_subparsers(dest="action", required=True, metavar="STEP")
    made = verbs.add_parser("enrol", help="make keys in the TPM and show that they are in one")
    made.add_argument("--algorithm", choices=("ecc", "rsa"), default="ecc")
    again = verbs.add_parser("quote", help="answer a fresh challenge")
    again.add_argument("--gate", action="store_true", help="exit 1 unless attested")
    for each in (made, again):
        each.add_argument("--device", required=True, help="its id, e.g. device:nb-17")
        each.add_argument("--pdp", required=True, metavar="URL", help="the decision point")
        each.add_argument("--token-file", type=Path, help="token named as the device, zt.devices")
        each.add_argument("--ca", default="", help="certificates its TLS must chain to")
        each.add_argument("--tcti", default="", help="how tpm2-tools reach the TPM")
        each.add_argument("--keys", type=Path, help="where handles rest (default: in the home)")
    everywhere(verbs)


def run(args: argparse.Namespace, out: Output) -> Exit:
    """Take the step."""
    keys = args.keys or Home.locate(os.environ).path / "zero_trust" / "tpm"
    token = ""
    if args.token_file is not None:
        token = "Bearer " + read_whole(args.token_file, _LONGEST_TOKEN).decode().strip()
    agent = Agent(
        device=args.device,
        url=args.pdp,
        tpm=Tpm(folder=keys, tcti=args.tcti),
        peer=Peer(ca_file=args.ca, plain_http=args.pdp.startswith("http://"), authorization=token),
    )
    if args.action == "enrol":
        told = agent.enrol(args.algorithm)
        line = out.pick(
            "兩把金鑰確在同一 TPM；待人員核可：panshi zt device approve",
            "both keys are in one TPM; somebody vouches for it: panshi zt device approve",
        )
        name = out.pick("背書金鑰名稱", "name of its endorsement key")
        out.answer(told, lambda: (f"{args.device}: {line}", f"{name}: {told['endorsement_name']}"))
        return Exit.DONE
    told = agent.attest()
    out.answer(told, lambda: _lines(told, out))
    short = args.gate and told.get("outcome") != "attested"
    return Exit.NOT_GOOD_ENOUGH if short else Exit.DONE


def _lines(told: Answer, out: Output) -> list[str]:
    words = {
        "attested": ("證明成立", "attested"),
        "identity_only": ("僅證明身分", "identity only"),
        "failed": ("證明失敗", "failed"),
    }
    zh, en = words.get(str(told.get("outcome")), ("未知", "unknown"))
    reasons = told.get("reasons")
    return [
        f"{told.get('device')}: {out.pick(zh, en)}",
        *(
            f"  {each.get('zh' if out.chinese else 'en')}"
            for each in (reasons if isinstance(reasons, list) else [])
        ),
    ]
