"""Kernel parameters: what cannot be read stays unknown and is not counted as hardened."""

from panshi.observe.this_machine import kernel


def test_readable_parameters_are_counted_and_others_stay_unknown(only):
    body = only(kernel.look).body

    assert body.release == "6.1.0-13-amd64"
    assert (body.randomize_va_space, body.kptr_restrict) == (2, 0)
    assert body.yama_ptrace_scope is None
    assert (body.hardened, body.readable) == (2, 3)


def test_a_parameter_that_is_no_number_is_unknown(only, tree):
    (tree / "proc/sys/kernel/kptr_restrict").write_text("what\n")

    assert only(kernel.look).body.kptr_restrict is None
