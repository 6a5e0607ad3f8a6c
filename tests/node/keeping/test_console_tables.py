"""The console's tables of an earlier release change by `panshi upgrade` and by nothing else."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from panshi.node.home import Home
from tests.node.keeping.conftest import fill

BACK = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("migrate", "usersessions", "zero", verbosity=0)
"""


@pytest.mark.slow
def test_an_earlier_console_is_refused_until_it_was_upgraded(home: Home, tmp_path: Path) -> None:
    # Given a console whose tables lack what this release brings
    fill(home, 3)
    environment = os.environ | {
        "PANSHI_HOME": str(home.path),
        "DJANGO_SETTINGS_MODULE": "panshi.web.settings",
    }
    subprocess.run([sys.executable, "-c", BACK], env=environment, check=True)
    panshi = Path(sys.executable).with_name("panshi")

    # Then serving refuses and names the verb
    refused = subprocess.run(
        [panshi, "serve", "--port", "1"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert refused.returncode == 4
    assert "run `panshi upgrade`; nothing was changed" in refused.stderr

    # and after it the tables are there, and so is the backup
    done = subprocess.run(
        [panshi, "upgrade", "--backup", tmp_path / "before.panshi"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "before.panshi").exists()
    check = (
        "import django; django.setup(); from panshi.web.first_run import _refuse_earlier as r; r()"
    )
    subprocess.run([sys.executable, "-c", check], env=environment, check=True)
