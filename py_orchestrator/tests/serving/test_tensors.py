"""Tensors from outside: what fits is taken as it is, what doesn't is refused by name."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from evolve.serving import tensors
from evolve.serving.errors import BadInput
from evolve.serving.tensors import DATATYPES, Spec, check_values

SPEC = Spec("x", "FP32", (-1, 3))


@given(some.integers(1, 50).flatmap(lambda rows: arrays.arrays(np.float32, (rows, 3))))
def test_bytes_become_a_view_of_themselves(array: "NDArray[np.float32]") -> None:
    data = array.tobytes()
    view = SPEC.from_bytes(data, array.shape)
    assert view.tobytes() == data
    assert np.shares_memory(view, np.frombuffer(data, np.uint8))


@given(
    some.lists(
        some.lists(some.floats(-(2.0**100), 2.0**100, width=32), min_size=3, max_size=3),
        min_size=1,
        max_size=20,
    )
)
def test_numbers_are_the_same_nested_and_flat(rows: list[list[float]]) -> None:
    flat = [number for row in rows for number in row]
    nested = SPEC.from_numbers(rows)
    np.testing.assert_array_equal(nested, SPEC.from_numbers(flat, (len(rows), 3)))
    assert nested.dtype == np.float32


@pytest.mark.parametrize(
    ("numbers", "shape", "sentence"),
    [
        ([[1.0, 2.0]], None, "inputs.x.shape: is [1, 2], but the model takes [-1, 3]"),
        ([1.0, 2.0, 3.0], None, "inputs.x.shape: is [3], but the model takes [-1, 3]"),
        ([[1.0, 2.0, 3.0], [1.0]], None, "inputs.x.data: has rows of different lengths"),
        ([["a", "b", "c"]], None, "inputs.x.data: holds something that is no number"),
        ([[None, 1.0, 2.0]], None, "inputs.x.data: holds something that is no number"),
        ([[{}, 1.0, 2.0]], None, "inputs.x.data: holds something that is no number"),
        ([1.0] * 5, (2, 3), "inputs.x.data: has 5 numbers, but the shape [2, 3] has 6"),
        ([[1e39, 0.0, 0.0]], None, "inputs.x.data: holds a number that is not finite as FP32"),
        ([[float("nan"), 0.0, 0.0]], None, "inputs.x.data: holds a number that is not finite as FP32"),
        ([], (1 << 62, 3), "inputs.x.shape: is [4611686018427387904, 3], more than 67108864 bytes"),
        ([], (-1, 3), "inputs.x.shape: is [-1, 3], but sizes are 0 or more, and 8 at most"),
        (
            [],
            (1,) * 9,
            "inputs.x.shape: is [1, 1, 1, 1, 1, 1, 1, 1, 1], but sizes are 0 or more, and 8 at most",
        ),
    ],
)
def test_numbers_that_make_no_sense_are_refused_by_name(
    numbers: list[Any], shape: tuple[int, ...] | None, sentence: str
) -> None:
    with pytest.raises(BadInput) as refused:
        SPEC.from_numbers(numbers, shape)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("datatype", "number", "is_taken"),
    [
        ("INT8", 127, True),
        ("INT8", 128, False),
        ("UINT8", -1, False),
        ("INT64", 1.5, False),
        ("INT64", (1 << 63) - 1, True),
        ("UINT64", (1 << 64) - 1, True),
        ("UINT64", 1 << 64, False),
        ("BOOL", True, True),
        ("BOOL", 2, False),
        ("FP16", 65504.0, True),
        ("FP16", 65520.0, False),
    ],
)
def test_whole_numbers_and_ranges_are_kept_to(datatype: str, number: float, is_taken: bool) -> None:
    spec = Spec("x", datatype, (1,))
    if is_taken:
        assert spec.from_numbers([number]).tolist() == [number]
    else:
        with pytest.raises(BadInput):
            spec.from_numbers([number])


@pytest.mark.parametrize("size", [0, 11, 13, 24])
def test_bytes_that_do_not_fit_the_shape_are_refused(size: int) -> None:
    with pytest.raises(BadInput, match=f"has {size} bytes, but the shape"):
        SPEC.from_bytes(bytes(size), (1, 3))


def test_numbers_that_are_not_finite_are_refused_in_binary_too() -> None:
    with pytest.raises(BadInput, match=r"inputs\.x: holds a number that is not finite"):
        check_values(SPEC, np.array([[np.inf, 0, 0]], np.float32))
    check_values(Spec("x", "INT8", (1,)), np.array([1], np.int8))


@pytest.mark.parametrize("step", [1, 2])
def test_a_bool_is_a_byte_of_0_or_1(step: int) -> None:
    spec = Spec("x", "BOOL", (-1,))
    check_values(spec, spec.from_bytes(bytes((0, 1, 1, 0)), (4,))[::step])
    with pytest.raises(BadInput, match=r"inputs\.x: holds a byte that is no BOOL: 0 or 1"):
        check_values(spec, spec.from_bytes(bytes((0, 1, 2, 0)), (4,))[::step])


def test_every_data_type_has_the_width_that_it_says() -> None:
    widths = {name: dtype.itemsize for name, dtype in DATATYPES.items() if name != "BOOL"}
    assert {name: int("".join(filter(str.isdigit, name))) // 8 for name in widths} == widths


NUMBERS = (
    some.floats(width=64)
    | some.integers(-(2**53), 2**53)
    | some.booleans()
    | some.none()
    | some.text(max_size=2)
)


@settings(max_examples=300)
@given(
    some.lists(some.floats(-1e6, 1e6) | NUMBERS, max_size=6)
    | some.lists(some.lists(some.floats(-1e6, 1e6) | NUMBERS, min_size=2, max_size=3) | NUMBERS, max_size=4),
    some.none() | some.tuples(some.integers(-1, 3), some.integers(0, 3)),
    some.sampled_from(["FP32", "FP64"]),
)
def test_the_quick_way_gives_what_numpy_gives(
    numbers: list[Any], shape: tuple[int, int] | None, datatype: str
) -> None:
    spec = Spec("x", datatype, (-1, 3))

    def read() -> object:
        try:
            return spec.from_numbers(numbers, shape).tolist()
        except BadInput as error:
            return str(error)

    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(tensors, "_CODES", {})
        careful = read()
    assert read() == careful


@given(
    arrays.arrays(np.float32, some.integers(0, 6), elements=some.floats(width=32)), some.integers(1, 2_000)
)
def test_whatever_is_not_finite_is_found_however_large_the_rest(
    array: "NDArray[np.float32]", times: int
) -> None:
    whole = np.tile(array, times)
    if np.isfinite(whole).all():
        check_values(SPEC, whole)
    else:
        with pytest.raises(BadInput, match="not finite"):
            check_values(SPEC, whole)
