"""Building a workspace of three tiny crates, in two clones that share one cache."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tool_standins import ProgramMaker

from provision import toolchain
from provision.console import Console, SetupError
from provision.paths import Cache, Checkout
from provision.rust import RustStep

MANIFEST = '[package]\nname = "{name}"\nversion = "0.1.0"\nedition = "2021"\n'


def write_workspace(rust: Path, word: str) -> None:
    members = {
        "evolve-native": ("[lib]\ncrate-type = ['cdylib']\n", "lib.rs"),
        "evolve-py": ("[lib]\nname = '_native'\ncrate-type = ['cdylib']\n", "lib.rs"),
        "evolve-sim": ("", "main.rs"),
    }
    (rust / "Cargo.toml").write_text(f"[workspace]\nresolver = '2'\nmembers = {json.dumps(list(members))}\n")
    for name, (extra, file) in members.items():
        (rust / name / "src").mkdir(parents=True, exist_ok=True)
        (rust / name / "Cargo.toml").write_text(MANIFEST.format(name=name) + extra)
        main = f'fn main() {{ println!("{word}"); }}\n'
        library = f'#[no_mangle]\npub static WORD: &[u8; {len(word)}] = b"{word}";\n'
        (rust / name / "src" / file).write_text(main if file == "main.rs" else library)
    subprocess.run(["cargo", "generate-lockfile", "--offline"], cwd=rust, check=True, capture_output=True)


@pytest.mark.usefixtures("needs_cargo")
def test_a_build_puts_all_three_products_in_place_and_is_then_done(
    checkout: Checkout, cache: Cache, console: Console
) -> None:
    write_workspace(checkout.rust, "firstword")
    step = RustStep(checkout, cache)
    assert not step.is_done()
    step.run(console)
    assert step.is_done()
    assert b"firstword" in checkout.native_library.read_bytes()
    assert b"firstword" in checkout.python_extension.read_bytes()
    assert (
        subprocess.run([checkout.simulator], capture_output=True, check=True).stdout.strip() == b"firstword"
    )
    checkout.native_library.unlink()
    assert not step.is_done()


@pytest.mark.usefixtures("needs_cargo")
def test_clones_that_share_a_cache_never_get_each_others_library(
    checkout: Checkout, cache: Cache, console: Console, tmp_path: Path
) -> None:
    write_workspace(checkout.rust, "firstword")
    RustStep(checkout, cache).run(console)
    other = Checkout(tmp_path / "other")
    shutil.copytree(checkout.rust, other.rust)
    write_workspace(other.rust, "otherword")
    RustStep(other, cache).run(console)
    assert b"otherword" in other.native_library.read_bytes()
    checkout.native_library.unlink()
    RustStep(checkout, cache).run(console)
    assert b"firstword" in checkout.native_library.read_bytes()


@pytest.mark.usefixtures("needs_cargo")
def test_a_compilers_error_is_shown_and_leaves_the_step_undone(
    checkout: Checkout, cache: Cache, console: Console, said: Callable[[], str]
) -> None:
    write_workspace(checkout.rust, "word")
    (checkout.rust / "evolve-sim" / "src" / "main.rs").write_text("fn main() { not_there(); }\n")
    step = RustStep(checkout, cache)
    with pytest.raises(SetupError, match="cargo build failed with exit code 101"):
        step.run(console)
    assert "not_there" in said()
    assert not step.is_done()


def test_a_full_disk_is_one_sentence(
    checkout: Checkout,
    cache: Cache,
    console: Console,
    make_program: ProgramMaker,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = "import sys\nif '--version' in sys.argv: print('cargo 1.99.0 (abc)'); sys.exit()\n"
    program = make_program(
        "cargo", answers + "print('error: No space left on device (os error 28)'); sys.exit(101)"
    )
    make_program("cc", "")
    (checkout.rust / "Cargo.lock").write_text("")
    monkeypatch.setenv("PATH", str(program.parent))
    with pytest.raises(SetupError, match="is full: free some space"):
        RustStep(checkout, cache).run(console)


@pytest.mark.parametrize(
    ("version", "words"),
    [("cargo 1.80.1 (abc)", "needs 1.94 or newer"), ("error: no default toolchain", "does not work")],
)
def test_an_unfit_cargo_is_named_with_the_way_out(
    make_program: ProgramMaker, monkeypatch: pytest.MonkeyPatch, version: str, words: str
) -> None:
    monkeypatch.setenv("PATH", str(make_program("cargo", f"print({version!r})").parent))
    with pytest.raises(SetupError, match=words) as caught:
        toolchain.require_cargo()
    assert "rustup" in str(caught.value)


def test_missing_compilers_are_named_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SetupError, match="cargo is missing"):
        toolchain.require_cargo()
    if toolchain.OPERATING_SYSTEM != "windows":
        with pytest.raises(SetupError, match=r"C compiler \(cc\) is missing"):
            toolchain.require_c_compiler()
