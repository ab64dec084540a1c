"""`evolve export`: a champion becomes an ONNX model, and every refusal is a sentence."""

import hashlib
import json
import shutil
from pathlib import Path

import onnx
import pytest
from tests.champions import FIRST_OUTPUT, Genes, Node

from evolve.cli import export, main
from evolve.cli.arguments import build_parser
from evolve.errors import EvolveUserError
from evolve.storage.champion_file import Origin, Population

Captured = pytest.CaptureFixture[str]
PUBLISHED = Path(__file__).parents[3] / "spec" / "vectors" / "valid" / "champion.evo"

HELP = """\
usage: evolve export [-h] [--format FORMAT] [--table TABLE] [--population NAME] [--force] [--json]
                     [RUN|FILE.evo] [OUT]

Write what came out of a run for other programs.

  onnx     the champion as a model, which onnxruntime and many others run without Evolve
  brain    the champion as the .evo file that Godot games play
  csv, json, parquet
           the run's history: what every generation, objective, metric, species and champion was like, and
           who descended from whom

The model takes 'observations' and gives 'actions', float32, a row for each agent. A recurrent brain also
takes 'state', zeros at the beginning of an episode, and gives the 'next_state' to hand back a tick later.
The same champion gives the same file.

positional arguments:
  RUN|FILE.evo       default: the latest run under runs/
  OUT                the file, or a folder for tables (default: a model beside the champion,
                     tables in the run's folder, a brain here)

options:
  -h, --help         show this help message and exit
  --format FORMAT    default: what OUT ends with, else onnx
  --table TABLE      one table: generation, score, species, champion, island, metric, lineage
  --population NAME  whose champion, where there are several (with brain)
  --force            replace what is there and is not Evolve's export
  --json             one JSON object instead of words

examples:
  evolve export                               the latest champion as a model, beside it
  evolve export champion.evo brain.onnx       a file, and the name of the model
  evolve export xor-1-001 game/enemy.evo      a run's champion into your game
  evolve export xor-1-001 --format csv        the tables, into the run's folder tables/
  evolve export xor-1-001 species.csv --table species
"""


@pytest.fixture
def champion(here: Path) -> Path:
    return Path(shutil.copy(PUBLISHED, here / "champion.evo")).relative_to(here)


def refused(words: list[str], capsys: Captured) -> str:
    assert main.run(["export", *words]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    return captured.err.removeprefix("evolve: ").rstrip("\n")


def test_the_help_is_what_a_person_reads(capsys: Captured) -> None:
    with pytest.raises(SystemExit) as ended:
        build_parser().parse_args(["export", "--help"])
    assert (ended.value.code, capsys.readouterr().out) == (0, HELP)


def test_a_champion_is_exported_beside_itself_and_again_to_the_same_bytes(
    champion: Path, capsys: Captured
) -> None:
    assert main.run(["export", str(champion)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "champion.evo → champion.onnx",
        "observations  a, b",
        "actions       x",
    ]
    first = Path("champion.onnx").read_bytes()
    onnx.checker.check_model(onnx.load_from_string(first), full_check=True)
    assert main.run(["export", str(champion)]) == 0
    assert Path("champion.onnx").read_bytes() == first


def test_scripts_get_one_json_object(champion: Path, capsys: Captured) -> None:
    assert main.run(["export", str(champion), "brain.onnx", "--json"]) == 0
    data = Path("brain.onnx").read_bytes()
    assert json.loads(capsys.readouterr().out) == {
        "onnx": "brain.onnx",
        "champion": "champion.evo",
        "inputs": ["a", "b"],
        "outputs": ["x"],
        "recurrent": False,
        "fitness": 2.036930561065674,
        "generation": 2,
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }


@pytest.mark.usefixtures("here")
def test_the_words_say_what_to_do_with_the_state_of_a_recurrent_brain(capsys: Captured) -> None:
    edges = [(FIRST_OUTPUT, FIRST_OUTPUT, 0.5, True)]
    Genes(1, 1, {FIRST_OUTPUT: Node()}, edges, recurrent=True).write(Path("brain.evo"))
    assert main.run(["export", "brain.evo"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == (
        "state         zeros at the beginning of an episode, then each tick's next_state"
    )


def test_a_run_is_found_by_name_by_folder_and_as_the_latest(here: Path, capsys: Captured) -> None:
    assert main.run(["train", "xor", "--seed", "7", "--generations", "2", "--quiet"]) == 0
    exported = here / "runs" / "xor-7-001" / "champion.onnx"
    for words in (["xor-7-001"], ["runs/xor-7-001"], []):
        assert main.run(["export", *words]) == 0
        assert exported.is_file()
        exported.unlink()
    (here / "runs" / "xor-7-001" / "champion.evo").unlink()
    capsys.readouterr()
    sentence = "runs/xor-7-001 has no champion yet: its first generation is not finished"
    assert refused(["xor-7-001"], capsys) == sentence


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("target", "sentence"),
    [
        ("none.evo", "there is no champion none.evo: check the path"),
        ("none", "there is no run 'none': runs/ holds none here"),
    ],
)
def test_what_is_not_there_is_one_sentence(target: str, sentence: str, capsys: Captured) -> None:
    assert refused([target], capsys) == sentence


@pytest.mark.usefixtures("here")
def test_a_file_that_is_no_champion_is_one_sentence(capsys: Captured) -> None:
    Path("odd.evo").write_bytes(b"nonsense")
    assert refused(["odd.evo"], capsys).startswith("odd.evo is no champion: ")


@pytest.mark.parametrize("target", ["gone/brain.onnx", "folder.onnx", "champion.evo/brain.onnx"])
def test_a_place_that_cannot_be_written_is_one_sentence(
    champion: Path, target: str, capsys: Captured
) -> None:
    Path("folder.onnx").mkdir()
    sentence = refused([str(champion), target], capsys)
    assert sentence.startswith(f"{target} cannot be written: ")
    assert sentence.endswith("; name another place as the last word")


def test_a_champion_is_never_overwritten_by_its_own_model(champion: Path, capsys: Captured) -> None:
    before = champion.read_bytes()
    sentence = "champion.evo is no name for a model: end it with .onnx"
    assert refused([str(champion), "champion.evo", "--format", "onnx"], capsys) == sentence
    sentence = "champion.evo is the champion itself: name another place for the copy"
    assert refused([str(champion), "champion.evo"], capsys) == sentence
    assert champion.read_bytes() == before


def test_a_model_of_somebody_else_is_replaced_only_by_force(champion: Path, capsys: Captured) -> None:
    theirs = onnx.ModelProto(ir_version=8, producer_name="pytorch").SerializeToString()
    Path("brain.onnx").write_bytes(theirs)
    assert refused([str(champion), "brain.onnx"], capsys) == (
        "brain.onnx is there and was not exported by Evolve: name another file, or replace it with --force"
    )
    assert Path("brain.onnx").read_bytes() == theirs
    assert main.run(["export", str(champion), "brain.onnx", "--force"]) == 0
    assert onnx.load("brain.onnx").producer_name == "evolve"


def test_a_champion_that_is_replaced_meanwhile_is_not_mixed_with_its_successor(
    champion: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    successor = Origin(3.0, 9, "7", "0" * 64, (Population("main", True),))
    monkeypatch.setattr(export, "read_origin", lambda _path: successor)
    with pytest.raises(EvolveUserError, match="was replaced while it was read: run this again"):
        export.load_with_origin(champion)
