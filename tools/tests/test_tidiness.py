"""The tidiness rules, each broken once."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from checks import tidiness
from provision.paths import Checkout

Rule = Callable[[Checkout], list[str]]


def _write(checkout: Checkout, name: str, text: str) -> Path:
    file = checkout.root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("rule", "name", "text"),
    [
        (tidiness.large_files, "docs/big.txt", "x" * 600_000),
        (tidiness.long_sources, "rust/a/src/lib.rs", "//\n" * 700),
        (tidiness.leftovers, "docs/a.md", "TO" + "DO: finish\n"),
        (tidiness.machine_traces, "docs/a.md", "see /ho" + "me/somebody/file\n"),
        (tidiness.missing_uids, "addons/evolve/a.gd", "extends Node\n"),
        (tidiness.execute_bits, "tools/run", "#!/bin/sh\n"),
    ],
)
def test_each_rule_finds_its_offender_and_names_it(
    checkout: Checkout, rule: Rule, name: str, text: str
) -> None:
    assert rule(checkout) == []
    _write(checkout, name, text)
    (finding,) = rule(checkout)
    assert finding.startswith(name)


def test_the_clones_own_path_must_not_be_written_down(checkout: Checkout) -> None:
    _write(checkout, "docs/a.md", f"run {checkout.root}/tools/test\n")
    assert tidiness.machine_traces(checkout) == ["docs/a.md:1: a path of this machine"]


def test_the_machines_package_index_must_not_be_written_down(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://packages.corner.test/simple")
    _write(checkout, "docs/a.md", "from packages.corner.test\n")
    assert tidiness.machine_traces(checkout) == [
        "docs/a.md:1: an address from this machine's package settings"
    ]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no execute bit")
def test_a_program_with_its_bit_is_in_order(checkout: Checkout) -> None:
    _write(checkout, "tools/run", "#!/bin/sh\n").chmod(0o755)
    assert tidiness.execute_bits(checkout) == []


def test_what_is_generated_is_not_judged(checkout: Checkout) -> None:
    _write(checkout, ".venv/lib/a.py", "TO" + "DO\n")
    checkout.python_extension.write_bytes(b"x" * 600_000)
    assert tidiness.leftovers(checkout) == []
    assert tidiness.large_files(checkout) == []


def test_a_bench_lock_file_without_a_new_dependency_is_found(checkout: Checkout) -> None:
    _write(
        checkout, "rust/evolve-core/Cargo.toml", '[dependencies]\nlibm = "1"\n[dev-dependencies]\nx = "1"\n'
    )
    lock = '[[package]]\nname = "evolve-core"\nversion = "0.1.0"\ndependencies = ["libm 1.0.0"]\n'
    _write(checkout, "bench/core/Cargo.lock", lock)
    assert tidiness.stale_bench_locks(checkout) == []
    _write(checkout, "bench/core/Cargo.lock", lock.replace("libm 1.0.0", "serde"))
    (finding,) = tidiness.stale_bench_locks(checkout)
    assert finding == "bench/core/Cargo.lock: evolve-core needs others by now; run cargo update -w there"
