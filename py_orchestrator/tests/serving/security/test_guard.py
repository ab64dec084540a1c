"""Who is let in, who is not, and what they are told."""

import hmac
import os
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as some

from evolve.errors import EvolveUserError
from evolve.serving.security.guard import Guard, Rate, Refusal
from evolve.serving.security.keys import KeyRing, Scope, new_key, read_keys, write_keys
from evolve.serving.security.keys_file import KeysFile, load_keys, save_keys


class Ring:
    def __init__(self, *scopes: Scope, per_second: float = 0.0) -> None:
        self.secret, key = new_key("robot", scopes, per_second, 2.0)
        self.header = f"Bearer {self.secret}"
        self.keys = {"robot": key}

    def ring(self) -> KeyRing:
        return KeyRing(self.keys)


def test_without_keys_everybody_may_infer_and_nobody_may_administer() -> None:
    guard = Guard()
    assert guard.admit(None, "infer", "127.0.0.1") is None
    refusal = guard.admit(None, "admin", "127.0.0.1")
    assert refusal is not None
    assert refusal.status == 403


def test_a_key_opens_what_its_scopes_say_and_nothing_else() -> None:
    ring = Ring("infer")
    guard = Guard(ring)
    assert guard.admit(ring.header, "infer", "") is None
    assert guard.admit(ring.header.replace("Bearer", "bearer"), "infer", "") is None
    assert guard.admit(ring.header, "admin", "") == Refusal(
        403, "this key is not for 'admin': it needs that scope"
    )


@given(some.text())
def test_no_other_text_than_the_key_opens_anything(text: str) -> None:
    ring = Ring("infer", "admin")
    guard = Guard(ring)
    for header in (text, f"Bearer {text}", f"Bearer robot.{text}", ring.header + text[:1] + " "):
        refusal = guard.admit(header, "infer", "")
        assert refusal is not None
        assert refusal.status == 401
    assert all(guard.admit(ring.header[:end], "infer", "") for end in range(len(ring.header)))


def test_a_wrong_secret_and_an_unknown_name_are_told_the_same() -> None:
    guard = Guard(Ring("infer"))
    assert guard.admit("Bearer robot.x", "infer", "") == guard.admit("Bearer nobody.x", "infer", "")


def test_digests_are_compared_in_constant_time_for_names_that_exist_and_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared: list[tuple[str, str]] = []

    def compare(one: str, other: str) -> bool:
        compared.append((one, other))
        return one == other

    monkeypatch.setattr(hmac, "compare_digest", compare)
    guard = Guard(Ring("infer"))
    guard.admit("Bearer robot.x", "infer", "")
    guard.admit("Bearer nobody.x", "infer", "")
    assert [len(one) == len(other) == 64 for one, other in compared] == [True, True]


def test_each_key_has_a_rate_of_its_own_and_is_told_when_to_come_again() -> None:
    now = 0.0
    ring = Ring("infer", per_second=4.0)
    other, ring.keys["other"] = new_key("other", ["infer"], 4.0, 1.0)
    guard = Guard(ring, clock=lambda: now)
    assert [guard.admit(ring.header, "infer", "") for _ in range(2)] == [None, None]
    refusal = guard.admit(ring.header, "infer", "")
    assert refusal is not None
    assert (refusal.status, refusal.retry_after) == (429, 0.25)
    assert guard.admit(f"Bearer {other}", "infer", "") is None
    now += 0.25
    assert guard.admit(ring.header, "infer", "") is None


def test_without_keys_a_rate_holds_for_each_address() -> None:
    guard = Guard(rate=Rate(1.0, 1.0), clock=lambda: 0.0)
    answers = [guard.admit(None, "infer", peer) for peer in ("a", "a", "b")]
    assert [answer is None for answer in answers] == [True, False, True]


def test_a_key_that_is_revoked_opens_nothing_more() -> None:
    ring = Ring("infer")
    guard = Guard(ring)
    assert guard.admit(ring.header, "infer", "") is None
    ring.keys.clear()
    refusal = guard.admit(ring.header, "infer", "")
    assert refusal is not None
    assert refusal.status == 401


def test_a_file_that_is_read_anew_fills_no_bucket() -> None:
    ring = Ring("infer", per_second=1.0)
    guard = Guard(ring, clock=lambda: 0.0)
    assert [guard.admit(ring.header, "infer", "") is None for _ in range(3)] == [True, True, False]
    ring.keys["robot"] = msgspec.structs.replace(ring.keys["robot"])
    assert guard.admit(ring.header, "infer", "") is not None


def test_keys_survive_their_file_and_no_secret_stands_in_it(tmp_path: Path) -> None:
    secret, key = new_key("robot", ["infer", "admin", "infer"], 5.0, 9.0)
    save_keys(tmp_path / "keys.json", KeyRing({"robot": key}))
    text = (tmp_path / "keys.json").read_text()
    assert secret not in text
    assert secret.partition(".")[2] not in text
    assert load_keys(tmp_path / "keys.json").find(secret) == key


def test_a_file_of_keys_is_read_anew_and_a_broken_one_changes_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    now = 0.0
    path = tmp_path / "keys.json"
    secrets = []
    ring = KeyRing({})
    for name in ("one", "two"):
        secret, ring.keys[name] = new_key(name, ["infer"])
        secrets.append(secret)
    save_keys(path, KeyRing({"one": ring.keys["one"]}))
    file = KeysFile(path, lambda: now)
    assert [file.ring().find(one) is not None for one in secrets] == [True, False]
    save_keys(path, KeyRing({"two": ring.keys["two"]}))
    assert file.ring().find(secrets[1]) is None
    now += 1.0
    assert [file.ring().find(one) is not None for one in secrets] == [False, True]
    for damage in (lambda: path.write_text("{"), path.unlink):
        damage()
        now += 1.0
        assert file.ring().find(secrets[1]) is not None
    assert caplog.text.count("what it said before holds") == 2


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is no file of keys"),
        ('{"keys": 3}', "is no file of keys"),
        ('{"keys": [{"name": "a b", "sha256": "0", "scopes": ["infer"]}]}', "is no name for a key"),
        ('{"keys": [{"name": "a", "sha256": "0", "scopes": ["infer"]}]}', "64 hexadecimal digits"),
        ('{"keys": [{"name": "a", "sha256": "%s", "scopes": []}]}' % ("0" * 64), "opens nothing"),
        ('{"keys": [{"name": "a", "sha256": "%s", "scopes": ["root"]}]}' % ("0" * 64), "'root'"),
        ("[" * 100_000, "is no file of keys"),
    ],
)
def test_what_is_wrong_in_a_file_of_keys_is_named(text: str, sentence: str) -> None:
    with pytest.raises(EvolveUserError, match=sentence):
        read_keys(text.encode(), "keys.json")


@pytest.mark.skipif(os.name == "nt", reason="Windows has other permissions")
def test_a_file_that_everybody_may_write_to_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_bytes(write_keys(KeyRing({})))
    path.chmod(0o666)
    with pytest.raises(EvolveUserError, match="chmod o-w"):
        load_keys(path)


def test_a_visit_counts_what_is_asked_and_nothing_else_until_the_key_is_revoked() -> None:
    ring = Ring("infer", per_second=0.001)
    guard = Guard(ring)
    visit, other = guard.visit(ring.header, "infer", ""), guard.visit(ring.header, "infer", "")
    assert [visit.look(), visit.look(), other.look()] == [None, None, None]
    # Two at once, and who visits twice has no more.
    assert [visit.take(1), other.take(5), visit.take(1)] == [1, 1, 0]
    refusal = visit.too_fast()
    assert refusal.status == 429
    assert refusal.sentence.startswith("more than 0.001 requests a second: come again in ")
    assert refusal.retry_after is not None
    ring.keys.clear()
    gone = visit.look()
    assert gone is not None
    assert gone.status == 401
