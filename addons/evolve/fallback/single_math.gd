class_name EvolveFallbackMath
extends RefCounted
## The native library's arithmetic in GDScript, bit for bit: plain 32-bit operations, rounded one by
## one.
##
## GDScript computes with 64 bits. One operation on 32-bit numbers, rounded when it is stored in a
## [PackedFloat32Array], gives what a 32-bit processor gives (53 bits are more than twice 24 and
## two); two operations before a rounding do not. So every result goes through a slot,
## except where it is exact anyway. Vectors would round too, but not in an engine built with double
## precision.
## [br][br]
## An object belongs to one thread, because of its slot.

## What reaches a node is held to ± this: so outputs are finite whatever the weights are.
const VALUE_LIMIT := 1e9

# Each constant is a 32-bit number, written as a fraction that a parser can only read exactly.
# -87.3
const _LOWEST := -5721293.0 / 65536.0
# 88.3
const _HIGHEST := 5786829.0 / 65536.0
# 1.44269504
const _LOG2_E := 12102203.0 / 8388608.0
# 1.5 · 2^23: added to a 32-bit number, it rounds it to a whole one.
const _ROUNDER := 12582912.0
# 0.693359375
const _LN2_HIGH := 355.0 / 512.0
# -2.1219444e-4
const _LN2_LOW := -14581891.0 / 68719476736.0
# 0.318309886
const _INVERSE_PI := 10680707.0 / 33554432.0
const _PI_HIGH := 3.140625
# 9.6702576e-4
const _PI_MIDDLE := 507.0 / 524288.0
# 6.277114e-7
const _PI_LOW := 337.0 / 536870912.0
# 1.41421356
const _SQUARE_ROOT_OF_2 := 11863283.0 / 8388608.0
const _TANH_NEAR := 0.625

# 1.9875691e-4
const _EXP_0 := 13658471.0 / 68719476736.0
# 1.3981999e-3
const _EXP_1 := 6005223.0 / 4294967296.0
# 8.333452e-3
const _EXP_2 := 1118497.0 / 134217728.0
# 4.1665796e-2
const _EXP_3 := 11184577.0 / 268435456.0
# 1.6666665e-1
const _EXP_4 := 5592405.0 / 33554432.0

const _TANH: PackedFloat32Array = [
	-5.7049887e-3, 2.063909e-2, -5.3739716e-2, 1.3331442e-1, -3.333328e-1
]
const _LOGARITHM: PackedFloat32Array = [
	7.0376836e-2,
	-1.151461e-1,
	1.1676999e-1,
	-1.2420141e-1,
	1.4249323e-1,
	-1.6668058e-1,
	2.0000715e-1,
	-2.4999994e-1,
	3.333333e-1,
]
const _SINE: PackedFloat32Array = [2.608316e-6, -1.9810744e-4, 8.333075e-3, -1.6666655e-1]

# Powers of two from 2^-126 to 2^127, by exponent + 126: read only, so every thread may share them.
static var _all_powers := _powers_of_two()

var _slot := PackedFloat32Array([0.0])
var _powers := _all_powers


## The nearest 32-bit number.
func rounded(x: float) -> float:
	_slot[0] = x
	return _slot[0]


## e to the power of x; 0 below -87.3, and never more than e^88.3.
func exponential(x: float) -> float:
	if x < _LOWEST:
		return 0.0
	# The native maximum turns a NaN into the lower end; so does maxf with the NaN in front.
	var held := minf(maxf(x, _LOWEST), _HIGHEST)
	_slot[0] = held * _LOG2_E
	_slot[0] += _ROUNDER
	var power := _slot[0] - _ROUNDER
	# The high part has 9 bits and the power 8, so their product is exact.
	_slot[0] = held - power * _LN2_HIGH
	var r := _slot[0]
	_slot[0] = power * _LN2_LOW
	_slot[0] = r - _slot[0]
	r = _slot[0]
	_slot[0] = _EXP_0 * r
	_slot[0] += _EXP_1
	_slot[0] *= r
	_slot[0] += _EXP_2
	_slot[0] *= r
	_slot[0] += _EXP_3
	_slot[0] *= r
	_slot[0] += _EXP_4
	_slot[0] *= r
	_slot[0] += 0.5
	var p := _slot[0]
	_slot[0] = r * r
	_slot[0] *= p
	_slot[0] += r
	_slot[0] += 1.0
	return _slot[0] * _powers[int(power) + 126]


## The logistic function.
func sigmoid(x: float) -> float:
	_slot[0] = 1.0 + exponential(-x)
	_slot[0] = 1.0 / _slot[0]
	return _slot[0]


## The hyperbolic tangent.
func hyperbolic_tangent(x: float) -> float:
	var size := absf(x)
	if size < _TANH_NEAR:
		var z := rounded(x * x)
		_slot[0] = _polynomial(z, _TANH) * z
		_slot[0] *= x
		_slot[0] += x
		return _slot[0]
	_slot[0] = size + size
	_slot[0] = exponential(_slot[0]) + 1.0
	_slot[0] = 2.0 / _slot[0]
	_slot[0] = 1.0 - _slot[0]
	return -_slot[0] if x < 0.0 else _slot[0]


## ln(1 + e^x), without overflow.
func softplus(x: float) -> float:
	var rest := _logarithm_beyond_one(exponential(-absf(x)))
	return rounded(x + rest) if x > 0.0 else rest


## The sine; arguments are held to ± 8,192.
func sine(x: float) -> float:
	var held := minf(maxf(x, -8192.0), 8192.0)
	_slot[0] = held * _INVERSE_PI
	_slot[0] += _ROUNDER
	var turns := _slot[0] - _ROUNDER
	_slot[0] = turns * _PI_HIGH
	_slot[0] = held - _slot[0]
	var r := _slot[0]
	_slot[0] = turns * _PI_MIDDLE
	_slot[0] = r - _slot[0]
	r = _slot[0]
	_slot[0] = turns * _PI_LOW
	_slot[0] = r - _slot[0]
	r = _slot[0]
	var z := rounded(r * r)
	_slot[0] = _polynomial(z, _SINE) * z
	_slot[0] *= r
	_slot[0] += r
	return -_slot[0] if int(turns) & 1 != 0 else _slot[0]


# By Horner's rule, the highest power first.
func _polynomial(x: float, coefficients: PackedFloat32Array) -> float:
	_slot[0] = coefficients[0]
	for place in range(1, coefficients.size()):
		_slot[0] *= x
		_slot[0] += coefficients[place]
	return _slot[0]


# ln(1 + y) for y from 0 to 1.
func _logarithm_beyond_one(y: float) -> float:
	var m := rounded(1.0 + y)
	var is_large := m > _SQUARE_ROOT_OF_2
	var x := rounded((m * 0.5 if is_large else m) - 1.0)
	var whole := 1.0 if is_large else 0.0
	var p := _polynomial(x, _LOGARITHM)
	var z := rounded(x * x)
	_slot[0] = z * x
	_slot[0] *= p
	_slot[0] += _LN2_LOW * whole
	# Halving is exact here: z is 0 or at least 2^-46.
	_slot[0] -= 0.5 * z
	_slot[0] += x
	_slot[0] += _LN2_HIGH * whole
	return _slot[0]


static func _powers_of_two() -> PackedFloat32Array:
	var powers := PackedFloat32Array()
	powers.resize(254)
	powers[126] = 1.0
	# Doubling and halving are exact down to the smallest normal number.
	for exponent in range(1, 127):
		powers[126 + exponent] = powers[125 + exponent] * 2.0
		powers[126 - exponent] = powers[127 - exponent] * 0.5
	powers[253] = powers[252] * 2.0
	return powers
