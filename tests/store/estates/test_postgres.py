"""What can be wrong with the server: said in words, without the password."""

import psycopg
import pytest

from panshi.errors import StoreError
from panshi.store.estates import open_estates


def test_a_server_that_is_not_there_is_told_without_the_password(tmp_path):
    with pytest.raises(StoreError, match="cannot be reached") as caught:
        open_estates(tmp_path, "postgresql://u:geheim@/db?host=/nowhere")
    assert "geheim" not in str(caught.value)


@pytest.mark.postgres
def test_another_version_is_refused(server, tmp_path):
    address = server.make("estates_version")
    open_estates(tmp_path, address)
    with psycopg.connect(address, autocommit=True) as raw:
        raw.execute("UPDATE panshi_estates.version SET version = 7")
    with pytest.raises(StoreError, match="of version 7"):
        open_estates(tmp_path, address)
    server.drop("estates_version")
