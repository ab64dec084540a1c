class_name EvolveFallbackPower
extends RefCounted
## x to the power of e, and its e-th root, with the native library's bits: 64-bit operations that
## every platform does alike, in the same order. x is never negative.
##
## An object belongs to one thread, because of its buffer.

# The first 32 bits of the logarithm of 2, and what they lack: each a fraction that no parser can
# misread.
const _LN_2_HIGH := 2977044471.0 / 4294967296.0
const _LN_2_LOW := 0x1a_39ef_3579_3c76 / 4294967296.0 / 4294967296.0 / 2097152.0
# 1 / ln 2, and the root of a half.
const _LOG2_E := 0x17_1547_652b_82fe / 4503599627370496.0
const _ROOT_OF_HALF := 0x16_a09e_667f_3bcd / 9007199254740992.0
# Added to a number below 2^51, it rounds it to a whole one.
const _ROUNDER := 6755399441055744.0
# Coefficients of the two series, 1 / n! and 1 / (2 n + 1), the highest first.
const _EXPONENTIAL_TERMS := 14
const _LOGARITHM_TERMS := 10
const _MANTISSA := 0x000f_ffff_ffff_ffff
const _HALF := 0x3fe0_0000_0000_0000

static var _exponential_series := _inverse_factorials()
static var _logarithm_series := _inverse_odd_numbers()

var _exponent := 1.0
# 0 unless the exponent is whole, -1 unless it is a power of two: powers are multiplied out, roots
# are taken as square roots.
var _whole := 0
var _square_roots := -1
var _buffer := PackedByteArray([0, 0, 0, 0, 0, 0, 0, 0])


## For an exponent of at least 1.
static func of(exponent: float) -> EvolveFallbackPower:
	var power := EvolveFallbackPower.new()
	power._exponent = exponent
	if exponent <= 1024.0 and exponent == floorf(exponent):
		power._whole = int(exponent)
		if power._whole & (power._whole - 1) == 0:
			power._square_roots = 0
			while 1 << power._square_roots < power._whole:
				power._square_roots += 1
	return power


## x to the power of the exponent.
func raise(x: float) -> float:
	if _whole == 0:
		return exponential(_exponent * logarithm(x))
	var left := _whole
	var result := 1.0
	while left > 0:
		if left & 1 == 1:
			result *= x
		x *= x
		left >>= 1
	return result


## The root of x of that degree.
func root(x: float) -> float:
	if _square_roots < 0:
		return exponential(logarithm(x) / _exponent)
	for step in _square_roots:
		x = sqrt(x)
	return x


## e to the power of x; 0 below -708, infinite above 709.
func exponential(x: float) -> float:
	if x < -708.0:
		return 0.0
	if x > 709.0:
		return INF
	var power := (x * _LOG2_E + _ROUNDER) - _ROUNDER
	var r := (x - power * _LN_2_HIGH) - power * _LN_2_LOW
	var sum := 0.0
	for term in _exponential_series:
		sum = sum * r + term
	# Two steps: 2^1024 is no number, though the product may be one. Halved toward zero.
	var whole := int(power)
	var half := whole >> 1 if whole >= 0 else -(-whole >> 1)
	return sum * _power_of_two(half) * _power_of_two(whole - half)


## The natural logarithm of a positive number; minus infinity for 0.
func logarithm(x: float) -> float:
	if x <= 0.0:
		return -INF
	_buffer.encode_double(0, x)
	var exponent := (_buffer.decode_s64(0) >> 52) - 1022
	if exponent == -1022:
		# It has fewer than 53 bits, and is moved to where it has all.
		_buffer.encode_double(0, x * 18014398509481984.0)
		exponent = (_buffer.decode_s64(0) >> 52) - 1022 - 54
	_buffer.encode_s64(0, (_buffer.decode_s64(0) & _MANTISSA) | _HALF)
	var m := _buffer.decode_double(0)
	if m < _ROOT_OF_HALF:
		m *= 2.0
		exponent -= 1
	var s := (m - 1.0) / (m + 1.0)
	var square := s * s
	var sum := 0.0
	for term in _logarithm_series:
		sum = sum * square + term
	return exponent * _LN_2_HIGH + (2.0 * s * sum + exponent * _LN_2_LOW)


func _power_of_two(exponent: int) -> float:
	_buffer.encode_s64(0, (exponent + 1023) << 52)
	return _buffer.decode_double(0)


static func _inverse_factorials() -> PackedFloat64Array:
	var series := PackedFloat64Array([1.0])
	var factorial := 1.0
	for n in range(1, _EXPONENTIAL_TERMS + 1):
		factorial *= n
		series.append(1.0 / factorial)
	series.reverse()
	return series


static func _inverse_odd_numbers() -> PackedFloat64Array:
	var series := PackedFloat64Array()
	for n in range(_LOGARITHM_TERMS, -1, -1):
		series.append(1.0 / (2 * n + 1))
	return series
