"""What the doctor says, and when it lets training run."""

from __future__ import annotations

import json

from provision import doctor
from provision.doctor import Finding, Patient
from provision.paths import Cache, Checkout

GOOD = Finding("engine", True, "Godot 4.6.3", "fetch one")
BAD = Finding("cargo", False, "it is not there", "install it")
NO_GPU = Finding("GPU", False, "none found", required=False)


def test_each_check_is_one_line_and_a_bad_one_tells_the_way_out() -> None:
    lines = doctor.as_lines([GOOD, BAD, NO_GPU], ready=False).splitlines()
    assert len(lines) == 4
    assert lines[0].startswith("ok")
    assert "fetch one" not in lines[0]
    assert lines[1].startswith("MISSING")
    assert lines[1].endswith("it is not there: install it")
    assert lines[2].startswith("none")


def test_the_json_names_every_check_once() -> None:
    report = json.loads(doctor.as_json([GOOD, BAD], ready=False))
    assert set(report["checks"]) == {"engine", "cargo"}
    assert report["checks"]["cargo"]["advice"] == "install it"


def test_an_empty_clone_is_examined_without_being_changed(checkout: Checkout, cache: Cache) -> None:
    before = sorted(checkout.root.rglob("*"))
    findings = {finding.name: finding for finding in doctor.examine(Patient(checkout, cache))}
    assert not findings["native library"].ok
    assert not findings["evolve._native"].ok
    assert findings["disk"].ok
    assert findings["folders"].ok
    assert not findings["GPU"].required
    assert sorted(checkout.root.rglob("*")) == before
    assert not (cache.root / "engine").exists()
