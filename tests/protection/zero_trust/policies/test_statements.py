"""Where policies begin and end."""

import cedarpy
from hypothesis import given
from hypothesis import strategies as st

from panshi.protection.zero_trust.policies.policy_set import PolicySet
from panshi.protection.zero_trust.policies.statements import statements
from tests.protection.zero_trust.policies.policy_texts import shipped, texts, with_text


def test_each_policy_that_ships_is_found_at_its_line():
    # Given the text that ships
    lines = texts()[0].splitlines()
    # When it is parted
    parts = statements(shipped())
    # Then each begins where its first annotation stands, and has all that is said of it
    assert len(parts) == 14
    for part in parts:
        assert lines[part.line - 1].startswith(f'@id("{part.name}")')
        assert part.effect in {"permit", "forbid"}
        assert part.annotation("reason_zh")
        assert part.comment


def test_what_looks_like_an_end_inside_strings_and_comments_is_none():
    text = (
        '// one; two\n@id("a") // ;\npermit (principal, action, resource)\n'
        'when { "x;//" == "\\";" };\n\n// other\n@id("b")\nforbid (principal, action, resource);'
    )
    parts = statements(with_text(text))
    assert [(each.name, each.line, each.effect) for each in parts] == [
        ("a", 2, "permit"),
        ("b", 7, "forbid"),
    ]


def test_lines_count_in_each_file():
    policies = PolicySet.of(
        {
            "b.cedar": "\n\npermit (principal, action, resource);",
            "a.cedar": "forbid (principal, action, resource);",
        },
        "entity User;",
    )
    assert [(each.file, each.line, each.index) for each in statements(policies)] == [
        ("a.cedar", 1, 0),
        ("b.cedar", 3, 1),
    ]


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)


@given(
    st.lists(st.tuples(TEXT, TEXT, st.sampled_from(["permit", "forbid"])), min_size=1, max_size=6)
)
def test_parts_are_cedar_s_own_policies(plan):
    """Whatever strings and comments hold, we find as many policies as Cedar, with their notes."""
    quoted = ['"' + "".join(f"\\u{{{ord(c):x}}}" for c in note) + '"' for note, _, _ in plan]
    text = "\n".join(
        f"@note({note}) // {comment}\n{effect} (principal, action, resource);"
        for note, (_, comment, effect) in zip(quoted, plan, strict=True)
    )
    parts = statements(with_text(text))
    assert len(parts) == len(cedarpy.PolicySet.from_str(text))
    assert [each.annotation("note") for each in parts] == [note for note, _, _ in plan]
    assert [each.effect for each in parts] == [effect for _, _, effect in plan]


@given(st.text(max_size=200))
def test_any_text_is_parted_without_a_fault(text):
    if text.strip():
        parts = statements(with_text(text))
        assert all(each.line >= 1 for each in parts)
