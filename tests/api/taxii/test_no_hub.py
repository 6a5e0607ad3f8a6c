"""A node that is no hub."""

from tests.api.taxii.conftest import Client


def test_a_node_that_is_no_hub_has_no_taxii_server(tmp_path, monkeypatch):
    from panshi.node.running import running_node

    monkeypatch.setenv("PANSHI_HOME", str(tmp_path))
    running_node.cache_clear()
    try:
        assert Client("x").get("")[0] == 404
    finally:
        running_node().close()
        running_node.cache_clear()
