"""The packaged JSON schemas of STIX 2.1 as bytes, with the name messages call them by."""

from importlib.resources import files

NAME = "stix/schemas-2.1.yaml"


def stix_schemas() -> tuple[str, bytes]:
    """Give the schemas."""
    return NAME, files("panshi").joinpath("content", *NAME.split("/")).read_bytes()
