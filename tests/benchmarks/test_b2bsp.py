"""Published forums: data files as they come, broken ones, and figures that are proven and checked."""

from pathlib import Path

import pytest

from benchmarks import b2bsp
from benchmarks.b2bsp import measure_b2bsp, read_instance
from benchmarks.minizinc_data import InstanceUnreadable, parse_dzn
from events.scheduling.problem import Precedence
from events.scheduling.timetable import Place, Timetable

PUBLISHED = Path(__file__).resolve().parents[3] / "shared" / "data" / "b2bsp"
TINY = """% three firms, of which the first has a gap in any case
nBusiness = 3; nMeetings = 2; nTables = 1;
nTotalSlots = 4;   nMorningSlots = 2; /* the rest is
the afternoon */
requested = [|1, 2,1,
|3, 1,2,
|];
forbidden = [{2,3},
{0},{}];
fixed = [0,0]; precedences = [{0}, {1}];
name = "tiny; or 'small'"
"""


def written(folder: Path, text: str, name: str = "tiny.dzn") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_tiny_instance_is_read_whole(tmp_path: Path) -> None:
    problem = read_instance(written(tmp_path, TINY))

    assert [slot.session for slot in problem.slots] == [0, 0, 1, 1]
    assert [sorted(person.free) for person in problem.people] == [[0, 3], [0, 1, 2, 3], [0, 1, 2, 3]]
    assert [(wish.people, wish.slots, wish.fixed_slot) for wish in problem.wishes] == [
        ((0, 1), frozenset({0, 1}), None),
        ((2, 0), frozenset({2, 3}), None),
    ]
    assert all(wish.is_rule for wish in problem.wishes)
    assert problem.precedences == (Precedence(0, 1),)
    assert problem.pools[0].capacity == (1, 1, 1, 1)
    assert (problem.equal_within, problem.gaps_over_breaks) == (2, True)


def test_other_spellings_mean_the_same(tmp_path: Path) -> None:
    other = """nBusiness=3;nMeetings=2;nTables=1;nTotalSlots=4;nMorningSlots=2;
    requested = array2d(1..2, 1..3, [1,2,1, 3,1,2]);
    forbidden = [2..3, {}, {0}]; fixed = array1d(1..2,[0,0]); precedences = [{}, 1..1]; meetingsxBusiness = 3.5;"""

    assert read_instance(written(tmp_path, other)) == read_instance(written(tmp_path, TINY))


def test_fields_left_out_have_their_defaults(tmp_path: Path) -> None:
    text = "nBusiness = 2; nTables = 3; nTotalSlots = 5; d = 1; requested = [|1,2,3|];"

    problem = read_instance(written(tmp_path, text))

    assert {slot.session for slot in problem.slots} == {0}
    assert [sorted(person.free) for person in problem.people] == [[0, 1, 2, 3, 4]] * 2
    assert (problem.wishes[0].slots, problem.wishes[0].fixed_slot, problem.equal_within) == (None, None, 1)


def test_fixed_slot_is_counted_from_one(tmp_path: Path) -> None:
    problem = read_instance(written(tmp_path, TINY.replace("fixed = [0,0]", "fixed = [2,0]")))

    assert [wish.fixed_slot for wish in problem.wishes] == [1, None]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("nTables = 1;", "", "nTables"),
        ("nMeetings = 2", "nMeetings = 3", "requested"),
        ("nBusiness = 3", "nBusiness = three", "three"),
        ("nBusiness = 3", "nBusiness = 2", "forbidden"),
        ("|3, 1,2,", "|3, 1,4,", "requested, row 2"),
        ("|3, 1,2,", "|3, 1,", "requested, row 2"),
        ("|3, 1,2,", "|1, 1,2,", "two different people"),
        ("{2,3}", "{2,9}", "forbidden"),
        ("{2,3}", "{2,3", "Line"),
        ("{0},{}", "{0}", "forbidden"),
        ("{0},{}", "{0},4", "forbidden"),
        ("fixed = [0,0]", "fixed = [0,7]", "fixed"),
        ("fixed = [0,0]", "fixed = [0]", "fixed"),
        ("precedences = [{0}, {1}]", "precedences = [{0}, {3}]", "precedences"),
        ("precedences = [{0}, {1}]", "precedences = [{0}, 1..999999999]", "too long"),
        ("nTotalSlots = 4", "nTotalSlots = 4; nTotalSlots = 5", "twice"),
        ("nTotalSlots = 4", "nTotalSlots = -4", "nTotalSlots"),
        ("nTotalSlots = 4", "nTotalSlots = 4444444444", "nTotalSlots"),
        ("nTotalSlots = 4", "nTotalSlots := 4", "'='"),
        ("requested = [|", "requested = " + "[" * 5000, "deep"),
    ],
)
def test_broken_file_is_refused_with_its_place(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in TINY
    path = written(tmp_path, TINY.replace(old, new))

    with pytest.raises(InstanceUnreadable, match=r"^tiny\.dzn") as refused:
        read_instance(path)

    assert told in str(refused.value)


def test_line_of_a_mistake_is_counted_through_comments() -> None:
    with pytest.raises(InstanceUnreadable, match="Line 4"):
        parse_dzn("% one\na = 1; /* two\nthree */\nb = ;\n", ("b",))


def test_missing_and_binary_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "bytes.dzn").write_bytes(b"\xff\xfe\x00nBusiness")

    for name in ("bytes.dzn", "nowhere.dzn"):
        with pytest.raises(InstanceUnreadable, match=name):
            read_instance(tmp_path / name)


def test_folder_is_measured_with_its_broken_files(tmp_path: Path) -> None:
    written(tmp_path, TINY)
    written(tmp_path, TINY.replace("{0},{}", "1..4,{}"), "never.dzn")
    written(tmp_path, "nBusiness = ", "broken.dzn")
    written(tmp_path, "no instance", "notes.txt")
    said: list[str] = []

    figures = measure_b2bsp(tmp_path, say=said.append)

    assert (figures["instances"], figures["proven"], figures["infeasible"], figures["broken"]) == (3, 2, 1, 1)
    assert figures["total_breaks"] == 1
    assert figures["slowest_s"] == max(entry["seconds"] for entry in figures["per_instance"])
    broken, never, tiny = figures["per_instance"]
    assert (broken["name"], broken["proven"], broken["breaks"]) == ("broken", False, None)
    assert "broken.dzn" in broken["error"]
    assert (never["name"], never["proven"], never["infeasible"], never["breaks"]) == ("never", True, True, None)
    assert (tiny["name"], tiny["proven"], tiny["breaks"], tiny["bound"]) == ("tiny", True, 1, 1)
    assert len(said) == 3


def test_timetable_that_breaks_a_rule_is_not_proven(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = b2bsp.GapsProof(Timetable({0: Place(0, 0)}), gaps=0, bound=0, proven=True)
    monkeypatch.setattr(b2bsp, "prove_fewest_gaps", lambda _problem, *, seconds: wrong)

    entry = measure_b2bsp(written(tmp_path, TINY).parent)["per_instance"][0]

    assert entry["proven"] is False
    assert "must_hold" in entry["error"]


def test_folder_without_instances_is_refused(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(InstanceUnreadable, match="holds no instances"):
            measure_b2bsp(folder)


def test_published_forum_has_its_published_optimum() -> None:
    if not PUBLISHED.is_dir():
        pytest.skip("shared/data/b2bsp is not beside the repository: published optima NOT checked")

    problem = read_instance(PUBLISHED / "tic-14crafc.original.dzn")
    proof = b2bsp.prove_fewest_gaps(problem, seconds=b2bsp.SECONDS)

    assert (proof.gaps, proof.proven) == (0, True)
    assert proof.timetable is not None
    assert b2bsp.violations(problem, proof.timetable) == []
