"""Lists as a whole: all of a file or nothing, every error with its address."""

from datetime import UTC, date, datetime, timedelta, timezone

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from panshi.errors import BadInputError, PanshiError, UsageError
from panshi.model.observation import Outcome
from panshi.observe.lists.observer import MOST_ERRORS, OBSERVER
from panshi.observe.port import Look
from panshi.observe.sources import SOURCES

TAIPEI = timezone(timedelta(hours=8))
NOW = datetime(2026, 10, 1, 9, 0, tzinfo=TAIPEI)

ACCOUNTS = (
    "帳號,啟用,特權,因子數,驗證器,抗釣魚,最後登入日,在職,資料日期,備註\n"
    "lin,是,否,2,密碼；FIDO2,是,115/09/29,是,2026-09-30,\n"
    "account:chen,no,yes,1,password,no,民國115年8月1日,,2026-09-30,離職中\n"
)


def observe(path, subject="", **options):
    warnings = []
    look = Look(path=path, now=NOW, subject=subject, options=options, warn=warnings.append)
    return list(OBSERVER.observe(look)), warnings


@pytest.fixture
def csv(tmp_path):
    """Write a CSV file."""

    def write(text, name="list.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return write


@pytest.fixture
def xlsx(tmp_path):
    """Write a workbook of named sheets of rows."""

    def write(**sheets):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, rows in sheets.items():
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(row)
        path = tmp_path / "list.xlsx"
        book.save(path)
        return path

    return write


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp950"])
def test_a_list_of_accounts_is_read_whatever_its_encoding(csv, encoding):
    seen, warnings = observe(csv(ACCOUNTS, encoding=encoding))

    assert SOURCES["list"] is OBSERVER
    assert warnings == []
    lin, chen = seen
    assert lin.subject == "account:lin"
    assert lin.body.authenticators == ("password", "FIDO2")
    assert lin.body.last_sign_in == date(2026, 9, 29)
    assert lin.body.owner_active is True
    assert lin.observed_at == datetime(2026, 9, 29, 16, 0, tzinfo=UTC)
    assert chen.subject == "account:chen"
    assert (chen.body.enabled, chen.body.privileged) == (False, True)
    assert chen.body.owner_active is None


def test_a_workbook_holds_the_four_usual_lists_on_their_sheets(xlsx):
    path = xlsx(
        封面=[["資料範本"]],
        設備=[
            ["設備編號", "納管", "EDR", "未修補天數", "擁有別", "資料日期"],
            ["NB-001", "是", True, 12, "自攜", datetime(2026, 9, 30)],  # noqa: DTZ001
        ],
        訓練=[
            ["人員", "課程", "主題", "時數", "完訓日"],
            ["P-17", "資安月", "資安認知", 3, "115/09/01"],
        ],
        演練=[
            ["系統", "通過", "演練日期", "實際復原分鐘", "目標復原分鐘"],
            ["core", "否", date(2026, 9, 15), 95.5, 60],
        ],
    )

    (device, training, drill), warnings = observe(path)

    assert device.subject == "device:NB-001"
    assert (device.body.detection_response, device.body.patch_age_days) == (True, 12)
    assert device.body.owner_kind == "byod"
    assert (training.subject, training.facet) == ("person:P-17", "awareness")
    assert training.body.hours == 3.0
    assert (drill.subject, drill.body.passed) == ("system:core", False)
    assert drill.observed_at == datetime(2026, 9, 14, 16, 0, tzinfo=UTC)
    assert any("'封面'" in text for text in warnings)
    assert any("does not say when" in text for text in warnings)


def test_errors_are_all_told_with_their_cells_and_nothing_is_kept(xlsx):
    path = xlsx(
        設備=[
            ["設備", "納管", "未修補天數"],
            ["A", "是", 1],
            ["B", "perhaps", -3],
            [None, "是", 1],
            ["D", None, "=1+1"],
        ]
    )

    with pytest.raises(BadInputError) as caught:
        observe(path)

    said = str(caught.value)
    for expected in ("設備!B3", "設備!C3", "設備!A4: the subject is empty", "設備!C5: a formula"):
        assert expected in said
    assert caught.value.place == str(path)


def test_one_error_is_its_own_message(csv):
    with pytest.raises(BadInputError) as caught:
        observe(csv("設備,納管\nA,是\nB,perhaps\n"))

    assert caught.value.place == "list.csv:3:2"
    assert "perhaps" in caught.value.problem


def test_a_missing_value_is_told_at_its_column(csv):
    with pytest.raises(BadInputError, match="managed is empty") as caught:
        observe(csv("設備,納管,EDR\nA,,是\n"))
    assert caught.value.place == "list.csv:2:2"


def test_a_value_without_a_heading_is_an_error(csv):
    with pytest.raises(BadInputError, match="without a heading"):
        observe(csv("設備,納管\nA,是,extra\n"))


def test_after_many_errors_reading_ends(csv):
    with pytest.raises(BadInputError) as caught:
        observe(csv("設備,納管\n" + "A,perhaps\n" * 5000))

    assert caught.value.problem.startswith(f"the first {MOST_ERRORS} errors")
    assert caught.value.problem.count("list.csv:") == MOST_ERRORS


def test_the_same_look_twice_is_an_error_that_names_the_first(csv):
    with pytest.raises(BadInputError, match="as in row 2") as caught:
        observe(csv("設備,納管\nA,是\nA,否\n"))
    assert caught.value.place == "list.csv:3:1"


def test_the_kind_is_stated_by_option_by_the_first_line_or_by_the_heading(csv):
    rows = "subject,passed,technique\nhost:a,是,T1486\n"

    (stated,), _ = observe(csv(f"# kind: device.response/1\n{rows}"))
    (option,), _ = observe(
        csv("subject,passed,technique,layer\nhost:a,是,T1486,device\n"), kind="detection.replay"
    )

    assert (stated.kind, stated.facet) == ("device.response/1", "T1486")
    assert option.kind == "detection.replay/1"


def test_a_list_of_no_known_kind_says_how_to_state_it(csv):
    with pytest.raises(BadInputError) as caught:
        observe(csv("名稱,電話\n林,02\n"))

    assert "kind=" in caught.value.remedy


def test_failed_looks_are_rows_too(csv):
    text = "設備,納管,觀測結果,原因\nA,是,,\nB,,無法連線,關機\nC,,absent,\n"

    seen, _ = observe(csv(text))

    assert [each.outcome for each in seen] == [Outcome.SEEN, Outcome.UNREACHABLE, Outcome.ABSENT]
    assert seen[1].reason == "關機"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("A,,failed,", "needs a reason"),
        ("A,是,failed,x", "holds values"),
        ("A,是,好,", "is no outcome"),
    ],
)
def test_outcomes_that_do_not_fit_their_row_are_errors(csv, row, said):
    with pytest.raises(BadInputError, match=said):
        observe(csv(f"設備,納管,觀測結果,原因\n{row}\n"))


def test_a_subject_without_its_kind_is_refused_where_it_could_be_several(csv):
    with pytest.raises(BadInputError, match="kind of asset"):
        observe(csv("# kind: data.store/1\nsubject,classified\ncustomers,是\n"))


def test_a_subject_may_be_given_for_all_rows(csv):
    text = "# kind: exercise.result/1\npassed,scenario,held\n是,勒索軟體,115/9/1\n"

    (seen,), _ = observe(csv(text), subject="service:payments")

    assert (seen.subject, seen.facet) == ("service:payments", "勒索軟體")


def test_times_are_stated_by_option_and_never_in_the_future(csv):
    path = csv("設備,納管\nA,是\n")

    (seen,), warnings = observe(path, observed_at="115/09/30")
    assert seen.observed_at == datetime(2026, 9, 29, 16, 0, tzinfo=UTC)
    assert warnings == []
    with pytest.raises(UsageError):
        observe(path, observed_at="2027-01-01")
    with pytest.raises(BadInputError, match="in the future"):
        observe(csv("設備,納管,資料日期\nA,是,2026-10-02\n"))


def test_a_period_begins_before_it_ends(csv):
    head = "設備,納管,資料日期,期間起\n"
    (seen,), _ = observe(csv(f"{head}A,是,2026-09-30,2026-07-01\n"))
    assert seen.period_start.date() == date(2026, 7, 1)

    with pytest.raises(BadInputError, match="begins after"):
        observe(csv(f"{head}A,是,2026-07-01,2026-09-30\n"))


def test_one_sheet_may_be_chosen(xlsx):
    rows = [["設備", "納管"], ["A", "是"]]
    path = xlsx(設備=rows, Devices=rows)

    seen, _ = observe(path, sheet="設備")
    assert len(seen) == 1
    with pytest.raises(BadInputError, match="no sheet"):
        observe(path, sheet="x")


def test_a_heading_alone_holds_nothing_and_an_empty_file_is_none(csv):
    assert observe(csv("設備,納管\n"))[0] == []
    with pytest.raises(BadInputError, match="no table"):
        observe(csv(""))


@given(
    st.integers(min_value=0, max_value=400),
    st.integers(min_value=0, max_value=40),
    st.binary(max_size=20),
    st.sampled_from(["utf-8", "cp950", "utf-16"]),
)
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damaged_csv_gives_observations_or_a_clear_refusal(tmp_path, at, cut, put, encoding):
    raw = ACCOUNTS.encode(encoding)
    path = tmp_path / "list.csv"
    path.write_bytes(raw[:at] + put + raw[at + cut :])

    try:
        seen, _ = observe(path)
    except BadInputError:
        return
    assert all(each.kind == "account.authenticators/1" for each in seen)


@given(st.integers(min_value=0, max_value=6000), st.integers(0, 40), st.binary(max_size=20))
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damaged_xlsx_gives_observations_or_a_clear_refusal(xlsx, at, cut, put):
    path = xlsx(設備=[["設備", "納管", "資料日期"], ["A", "是", "2026-09-30"]])
    raw = path.read_bytes()
    path.write_bytes(raw[:at] + put + raw[at + cut :])

    try:
        seen, _ = observe(path)
    except PanshiError as error:
        refused = type(error)
        assert refused is BadInputError
        return
    assert all(each.kind == "device.posture/1" for each in seen)
