"""`evolve import`: a model from elsewhere becomes a brain that does the same, or a sentence says why not."""

import hashlib
import json
import sys
from pathlib import Path

import onnx
import pytest
from onnx import helper
from tests.inference.test_onnx_import import constant, model, one

from evolve._native import Policy
from evolve.cli import main
from evolve.cli.arguments import build_parser
from evolve.cli.arguments.import_model import FUNCTIONS, LAYERS, SHAPES
from evolve.cli.export import champion_model

Captured = pytest.CaptureFixture[str]
ROOT = Path(__file__).parents[3]


def refused(words: list[str], capsys: Captured, command: str = "import") -> str:
    capsys.readouterr()
    assert main.run([command, *words]) == 1
    captured = capsys.readouterr()
    assert (captured.out, captured.err.count("\n")) == ("", 1)
    return captured.err.removeprefix("evolve: ").rstrip("\n")


@pytest.fixture
def walker(here: Path) -> Path:
    (here / "walker.onnx").write_bytes(one("Tanh"))
    return Path("walker.onnx")


def test_a_model_becomes_the_brain_beside_it_and_says_how_much_it_differs(
    walker: Path, capsys: Captured
) -> None:
    assert main.run(["import", str(walker), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told.pop("difference") < 1e-5
    assert told == {
        "model": "walker.onnx",
        "model_sha256": hashlib.sha256(walker.read_bytes()).hexdigest(),
        "brain": "walker.evo",
        "inputs": ["input_0", "input_1", "input_2", "input_3"],
        "outputs": ["output_0", "output_1", "output_2"],
        "rows_compared": 128,
    }
    assert Policy.load("walker.evo").sizes == (4, 3)
    # The same again is no harm.
    before = Path("walker.evo").read_bytes()
    assert main.run(["import", str(walker)]) == 0
    assert capsys.readouterr().out.splitlines()[:3] == [
        "walker.onnx → walker.evo",
        "observations  input_0, input_1, input_2, input_3",
        "actions       output_0, output_1, output_2",
    ]
    assert Path("walker.evo").read_bytes() == before


@pytest.mark.parametrize("batch", [0, 1, 3])
def test_images_and_models_of_a_fixed_number_of_rows_are_compared_too(
    here: Path, capsys: Captured, batch: int
) -> None:
    nodes = [
        helper.make_node("Conv", ["x", "k", "b"], ["a"], strides=[2, 1]),
        helper.make_node("Flatten", ["a"], ["y"]),
    ]
    data = model(nodes, [constant("k", 3, 2, 3, 2), constant("b", 3)], [2, 7, 6])
    changed = onnx.load_from_string(data)
    if batch:
        changed.graph.input[0].type.tensor_type.shape.dim[0].dim_value = batch
    (here / "eye.onnx").write_bytes(changed.SerializeToString())
    assert main.run(["import", "eye.onnx", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["inputs"], told["rows_compared"]) == (84, 126 if batch == 3 else 128)
    assert told["difference"] < 1e-4


def test_an_imported_brain_is_exported_and_imported_again_to_the_same_bytes(
    walker: Path, capsys: Captured
) -> None:
    assert main.run(["import", str(walker)]) == 0
    assert "was not exported by Evolve" in refused(["walker.evo"], capsys, "export")
    assert main.run(["export", "walker.evo", "again.onnx", "--json"]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (told["inputs"], "fitness" in told) == (["input_0", "input_1", "input_2", "input_3"], False)
    assert main.run(["import", "again.onnx"]) == 0
    assert Path("again.evo").read_bytes() == Path("walker.evo").read_bytes()
    assert champion_model(Path("walker.evo")) == Path("again.onnx").read_bytes()


def test_whoever_wants_a_genome_of_an_imported_brain_is_told_what_it_is_for(
    walker: Path, capsys: Captured
) -> None:
    assert main.run(["import", str(walker)]) == 0
    capsys.readouterr()
    sentence = "walker.evo was imported, and has neither a genome nor a fitness: games play it, and 'evolve "
    for words in (["show"], ["eval", "--world", "xor"], ["export", "copy.evo", "--format", "brain"]):
        command, *more = words
        assert refused(["walker.evo", *more], capsys, command).startswith(sentence)
    whole = Path("walker.evo").read_bytes()
    Path("walker.evo").write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert refused(["walker.evo", "x.onnx"], capsys, "export").startswith("walker.evo is no brain: ")


def test_another_brain_is_replaced_only_by_force(walker: Path, capsys: Captured) -> None:
    Path("walker.evo").write_bytes(b"somebody's")
    assert "is another brain: name another file, or replace it with --force" in refused([str(walker)], capsys)
    assert Path("walker.evo").read_bytes() == b"somebody's"
    assert main.run(["import", str(walker), "--force"]) == 0
    assert Policy.load("walker.evo").sizes == (4, 3)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["none.onnx"], "there is no model none.onnx: check the path"),
        (["."], ". cannot be used: Is a directory"),
        (["walker.onnx", "brain.onnx"], "brain.onnx is no name for a brain: end it with .evo"),
        (["walker.onnx", "gone/brain.evo"], "gone/brain.evo cannot be written"),
        (["model.evo"], "model.evo is the model itself"),
        (["text.onnx"], "text.onnx: this is no sound ONNX model: "),
        (
            ["softmax.onnx"],
            "the operator Softmax cannot be imported; what can is a chain of Gemm, MatMul, Add",
        ),
    ],
)
@pytest.mark.usefixtures("walker")
def test_what_cannot_be_imported_is_a_sentence_and_no_file(
    words: list[str], sentence: str, capsys: Captured
) -> None:
    Path("text.onnx").write_text("no model")
    Path("softmax.onnx").write_bytes(one("Softmax"))
    Path("model.evo").write_bytes(theirs := one("Relu"))
    assert sentence in refused(words, capsys)
    assert [path.read_bytes() for path in Path().glob("*.evo")] == [theirs]


def test_without_onnxruntime_it_says_that_nothing_was_compared(
    walker: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    assert main.run(["import", str(walker)]) == 0
    assert "compared      with nothing: onnxruntime is not installed" in capsys.readouterr().out


def test_a_large_difference_is_pointed_out(
    walker: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Policy.from_onnx(one("Sigmoid"))
    monkeypatch.setattr(
        "evolve.cli.import_model.Policy", type("Other", (), {"from_onnx": lambda _data: other})
    )
    assert main.run(["import", str(walker)]) == 0
    assert "which is much: see how it plays before you rely on it" in capsys.readouterr().out


def test_help_docs_and_engine_list_the_same_operators(capsys: Captured) -> None:
    with pytest.raises(SystemExit):
        build_parser().parse_args(["import", "--help"])
    said = capsys.readouterr().out
    page = (ROOT / "docs" / "onnx.md").read_text(encoding="utf-8")
    engine = (ROOT / "rust" / "evolve-onnx" / "src" / "import" / "operators.rs").read_text(encoding="utf-8")
    for name in LAYERS + FUNCTIONS + SHAPES:
        assert all(name in text for text in (said, page)), name
        assert f'"{name}"' in engine
