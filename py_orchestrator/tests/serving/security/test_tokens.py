"""Tokens of an identity provider: what is taken, and every way in which one can be false."""

import base64
import hmac
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from evolve.errors import EvolveUserError
from evolve.serving.security.guard import Caller, Guard, Rate
from evolve.serving.security.tokens import JsonWebTokens

SECRET = b"0123456789abcdef0123456789abcdef"


def octets(kid: str = "one", secret: bytes = SECRET) -> dict[str, str]:
    encoded = base64.urlsafe_b64encode(secret).rstrip(b"=").decode()
    return {"kty": "oct", "kid": kid, "alg": "HS256", "k": encoded}


def provider(folder: Path, *keys: dict[str, str], **changes: Any) -> Path:  # noqa: ANN401
    (folder / "jwks.json").write_text(json.dumps({"keys": keys or [octets()]}))
    said = {"issuer": "https://id", "audience": "evolve", "jwks": "jwks.json", "algorithms": ["HS256"]}
    path = folder / "oauth.json"
    path.write_text(json.dumps({**said, **changes}))
    return path


def token(secret: Any = SECRET, kid: str = "one", algorithm: str = "HS256", **changes: Any) -> str:  # noqa: ANN401
    claims = {
        "iss": "https://id",
        "aud": "evolve",
        "sub": "ann",
        "exp": int(time.time()) + 600,
        "scope": "openid infer",
        **changes,
    }
    kept = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(kept, secret, algorithm=algorithm, headers={"kid": kid})


def test_a_token_opens_what_its_scope_says(tmp_path: Path) -> None:
    guard = Guard(tokens=JsonWebTokens(provider(tmp_path), Rate()))
    header = f"Bearer {token()}"
    assert guard.admit(header, "infer", "") is None
    refusal = guard.admit(header, "admin", "")
    assert refusal is not None
    assert refusal.status == 403
    assert guard.admit(f"Bearer {token(scope='infer admin')}", "admin", "") is None


@pytest.mark.parametrize(
    "make",
    [
        lambda: token(exp=int(time.time()) - 60),
        lambda: token(exp=None),
        lambda: token(iss="https://other"),
        lambda: token(aud="other"),
        lambda: token(aud=None),
        lambda: token(sub=None),
        lambda: token(nbf=int(time.time()) + 600),
        lambda: token(kid="two"),
        lambda: token(secret=b"another secret of thirty-two bytes"),
        lambda: token(secret="", algorithm="none"),
        lambda: token()[:-4] + "AAAA",
        lambda: "a.b.c",
        lambda: "..",
    ],
)
def test_a_token_that_is_false_in_one_thing_opens_nothing(tmp_path: Path, make: Callable[[], str]) -> None:
    refusal = Guard(tokens=JsonWebTokens(provider(tmp_path), Rate())).admit(f"Bearer {make()}", "infer", "")
    assert refusal is not None
    assert refusal.status == 401


@given(some.binary(max_size=60), some.binary(max_size=60), some.binary(max_size=40))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_bytes_make_a_token(tmp_path: Path, header: bytes, claims: bytes, end: bytes) -> None:
    tokens = JsonWebTokens(provider(tmp_path), Rate())
    parts = [base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in (header, claims, end)]
    assert not isinstance(tokens.verify(".".join(parts)), Caller)


def signed_by_hand(header: dict[str, str], claims: dict[str, Any], secret: bytes) -> str:
    """What a library refuses to make."""
    parts = [base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=") for one in (header, claims)]
    end = hmac.digest(secret, b".".join(parts), "sha256")
    return b".".join([*parts, base64.urlsafe_b64encode(end).rstrip(b"=")]).decode()


def test_a_public_key_is_no_secret_to_sign_with(tmp_path: Path) -> None:
    curves = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.ec")
    private = curves.generate_private_key(curves.SECP256R1())
    public = {**json.loads(jwt.algorithms.ECAlgorithm.to_jwk(private.public_key())), "kid": "one"}
    tokens = JsonWebTokens(provider(tmp_path, public, algorithms=["ES256", "HS256"]), Rate())
    genuine = token(secret=private, algorithm="ES256")
    assert isinstance(tokens.verify(genuine), Caller)
    claims = jwt.decode(genuine, options={"verify_signature": False})
    header = {"alg": "HS256", "kid": "one", "typ": "JWT"}
    for secret in (json.dumps(public).encode(), public["x"].encode(), b""):
        assert not isinstance(tokens.verify(signed_by_hand(header, claims, secret)), Caller)


def test_a_token_that_was_taken_expires_all_the_same(tmp_path: Path) -> None:
    now = time.time()
    tokens = JsonWebTokens(provider(tmp_path), Rate(), now=lambda: now)
    mine = token(exp=int(now) + 100)
    assert isinstance(tokens.verify(mine), Caller)
    assert isinstance(tokens.verify(mine), Caller)
    now += 200
    assert not isinstance(tokens.verify(mine), Caller)


def test_a_key_that_the_provider_takes_away_takes_its_tokens_along(tmp_path: Path) -> None:
    clock = 0.0
    tokens = JsonWebTokens(provider(tmp_path), Rate(), clock=lambda: clock)
    assert isinstance(tokens.verify(token()), Caller)
    provider(tmp_path, octets("new", SECRET[::-1]))
    clock += 1.0
    assert not isinstance(tokens.verify(token()), Caller)
    assert isinstance(tokens.verify(token(SECRET[::-1], "new")), Caller)


@pytest.mark.parametrize(
    ("keys", "changes", "sentence"),
    [
        ([octets()], {"algorithms": ["none"]}, "the algorithm none is none of"),
        ([octets()], {"algorithms": []}, "algorithms names none"),
        ([octets()], {"algorithms": ["ES256"]}, "has no key for ES256"),
        ([octets()], {"audience": ""}, "may not be empty"),
        ([octets()], {"jwks": "missing.json"}, "cannot be read"),
        ([{"kty": "?"}], {}, "no key set that can be used"),
    ],
)
def test_what_is_wrong_in_the_file_of_oauth_is_said_at_the_start(
    tmp_path: Path, keys: list[dict[str, str]], changes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(EvolveUserError, match=sentence):
        JsonWebTokens(provider(tmp_path, *keys, **changes), Rate())
