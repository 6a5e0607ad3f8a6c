"""Reading certificates; the probe's tests read real ones from servers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panshi.observe.tls.certificate import read_certificate


@given(st.binary(max_size=400))
def test_bytes_that_are_no_certificate_are_a_value_error(raw):
    with pytest.raises(ValueError):  # noqa: PT011  whatever the parser says
        read_certificate(b"\x30\x82" + raw)
