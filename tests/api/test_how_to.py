"""The how-to on the API does what it says, command by command, against a running server."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.api.server import home_with_tokens, serve
from tests.simulators.patience import PATIENCE

HOW_TO = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "use-the-api.md"

pytestmark = pytest.mark.slow


def test_the_commands_run_in_order(tmp_path):
    blocks = re.findall(r"^```sh\n(.*?)^```", HOW_TO.read_text(), re.MULTILINE | re.DOTALL)
    home = tmp_path / "home"
    home.mkdir()
    home_with_tokens(home)
    address, process = serve(home)
    environment = os.environ | {
        "PANSHI_HOME": str(home),
        "PANSHI_NODE": address,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    try:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", "\n".join(blocks)],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        process.terminate()
        process.wait(PATIENCE)

    assert done.returncode == 0, done.stderr + done.stdout
    assert '"role":"internal_audit"' in done.stdout
    assert (tmp_path / "evidence.csv").read_bytes().startswith(b"\xef\xbb\xbfid,position")
    assert (tmp_path / "frameworks.json").stat().st_size > 100
    assert '"name":"ana","path":"/welcome/' in done.stdout
