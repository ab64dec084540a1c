"""`evolve keys`, and what `evolve serve` asks before it lets other machines in."""

import json
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from evolve.cli.arguments import build_parser
from evolve.cli.main import run
from evolve.cli.serve_security import guard_of
from evolve.errors import EvolveUserError
from evolve.serving import runtimes
from evolve.serving.security.keys_file import load_keys

EVERYWHERE = "0.0.0.0"  # noqa: S104 - nothing listens there, it is only asked for


def test_a_key_is_shown_once_and_opens_until_it_is_removed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "keys.json"
    where = ["--keys", str(path)]
    assert run(["keys", "add", "robot", "--scope", "admin", "--rate", "5", *where]) == 0
    secret = capsys.readouterr().out.strip()
    assert load_keys(path).find(secret) is not None
    assert run(["keys", "list", "--json", *where]) == 0
    listed = capsys.readouterr().out
    assert json.loads(listed) == {"keys": [{"name": "robot", "scopes": ["admin"], "rate": 5.0}]}
    assert secret not in listed + path.read_text()
    assert run(["keys", "add", "robot", *where]) == 1
    assert "has a key named robot" in capsys.readouterr().err
    assert run(["keys", "remove", "robot", *where]) == 0
    assert load_keys(path).find(secret) is None
    assert run(["keys", "remove", "robot", *where]) == 1
    assert "has no key named robot" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "missing"),
    [
        (["--host", EVERYWHERE], "a --keys FILE .* and a --certificate FILE"),
        (["--host", EVERYWHERE, "--keys", "k"], "give it a --certificate FILE and a --key FILE, or say"),
        (["--host", "::", "--certificate", "c", "--key", "k"], "give it a --keys FILE"),
    ],
)
def test_other_machines_are_let_in_with_keys_and_tls_only(words: list[str], missing: str) -> None:
    with pytest.raises(EvolveUserError, match=missing):
        guard_of(build_parser().parse_args(["serve", *words]))


def test_loopback_needs_no_keys_and_a_flag_lets_everybody_in() -> None:
    for words in (["--host", "127.0.0.1"], ["--host", "::1"], ["--host", EVERYWHERE, "--insecure"]):
        assert guard_of(build_parser().parse_args(["serve", *words])).is_open


def test_two_builds_of_onnxruntime_are_refused_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    installed = {"onnxruntime", "onnxruntime-gpu"}

    def distribution(name: str) -> None:
        if name not in installed:
            raise PackageNotFoundError

    monkeypatch.setattr(runtimes, "distribution", distribution)
    with pytest.raises(EvolveUserError, match="onnxruntime and onnxruntime-gpu are both installed"):
        runtimes.check_runtimes()
    installed.remove("onnxruntime")
    assert runtimes.check_runtimes() == "onnxruntime-gpu"
    installed.clear()
    with pytest.raises(EvolveUserError, match="onnxruntime is missing"):
        runtimes.check_runtimes()
