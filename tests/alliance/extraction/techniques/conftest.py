"""A model trained on a small bundle of our own, once for all tests here."""

import pytest

from panshi.alliance.extraction.cues import Cues, cue
from panshi.alliance.extraction.techniques.examples import lessons
from panshi.alliance.extraction.techniques.training import train
from tests.simulators.attack_bundle import bundle


@pytest.fixture(scope="session")
def cues():
    return Cues(
        all=(
            cue("T1059.001", "powershell"),
            cue("T1486", "files/檔案 + encrypt*/加密"),
            cue("T1053.005", "scheduled task*/排程工作"),
        )
    )


@pytest.fixture(scope="session")
def model(cues):
    return train(lessons(bundle()), cues, learned="small")
