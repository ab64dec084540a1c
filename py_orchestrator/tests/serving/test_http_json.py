"""JSON that nests too deep is refused before it is parsed, however long it is and whatever its texts are."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from evolve.serving.doors.http import limits
from evolve.serving.doors.http.json_body import parse_object
from evolve.serving.errors import BadInput

DEEPEST = limits.MAXIMUM_DEPTH


@given(
    some.integers(DEEPEST - 2, DEEPEST + 2),
    some.text(alphabet='[]{}"\\a', max_size=20),
    some.sampled_from([1, 300]),
    some.integers(0, 2),
)
def test_only_brackets_outside_of_texts_count(depth: int, text: str, times: int, shallow: int) -> None:
    nested: object = text * times
    for level in range(depth - 1):
        nested = [nested] if level % 2 else {text: nested}
    data = json.dumps({"nested": nested, "beside": [[0.5]] * shallow * times}).encode()
    if depth > DEEPEST:
        with pytest.raises(BadInput, match=f"nests deeper than {DEEPEST}"):
            parse_object(data)
    else:
        assert parse_object(data)["nested"] == nested
