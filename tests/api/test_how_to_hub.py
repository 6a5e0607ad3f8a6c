"""The how-to on hub and members does what it says, command by command."""

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

HOW_TO = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "hub-and-members.md"

pytestmark = pytest.mark.slow


def test_the_commands_run_in_order(tmp_path):
    blocks = re.findall(r"^```sh\n(.*?)^```", HOW_TO.read_text(), re.MULTILINE | re.DOTALL)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "PORT": str(port),
        "PANSHI_LANG": "en",
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    done = subprocess.run(
        [
            "bash",
            "-euo",
            "pipefail",
            "-c",
            "trap 'kill $(jobs -p) || :' EXIT\n" + "\n".join(blocks),
        ],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    assert done.returncode == 0, done.stderr + done.stdout
    assert "refused, as it must be" in done.stdout
    assert '"exposure_consent":true' in done.stdout
    assert "not heard while suspended" in done.stdout
    assert (tmp_path / "token.txt").read_text().startswith("pmt_")
