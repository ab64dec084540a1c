class_name EvolveFallbackBigNumber
extends RefCounted
## Whole numbers of any size, not negative: just enough arithmetic to write a float's shortest
## decimal digits.
##
## A number is a list of limbs, the lowest first.

# So many bits in a limb: a product with a factor of 32 bits and a carry still fits an integer.
const _BITS := 28
const _MASK := (1 << _BITS) - 1
const _LARGEST_FACTOR := 0xffff_ffff


## The limbs of a number.
static func of(number: int) -> PackedInt64Array:
	var limbs := PackedInt64Array()
	while number > 0:
		limbs.append(number & _MASK)
		number >>= _BITS
	return limbs


## Multiplies the limbs by a factor of at most 32 bits, so many times.
static func multiply(limbs: PackedInt64Array, factor: int, times: int = 1) -> void:
	while times > 0:
		# As often in one go as fits.
		var product := factor
		times -= 1
		while times > 0 and product * factor <= _LARGEST_FACTOR:
			product *= factor
			times -= 1
		_multiply_once(limbs, product)


static func _multiply_once(limbs: PackedInt64Array, factor: int) -> void:
	var carry := 0
	for place in limbs.size():
		carry += limbs[place] * factor
		limbs[place] = carry & _MASK
		carry >>= _BITS
	while carry > 0:
		limbs.append(carry & _MASK)
		carry >>= _BITS


## The sum of two numbers.
static func sum(one: PackedInt64Array, other: PackedInt64Array) -> PackedInt64Array:
	var limbs := PackedInt64Array()
	var carry := 0
	for place in maxi(one.size(), other.size()):
		carry += one[place] if place < one.size() else 0
		carry += other[place] if place < other.size() else 0
		limbs.append(carry & _MASK)
		carry >>= _BITS
	if carry > 0:
		limbs.append(carry)
	return limbs


## Takes a number that is not larger from the limbs.
static func subtract(limbs: PackedInt64Array, other: PackedInt64Array) -> void:
	var borrow := 0
	for place in limbs.size():
		borrow += limbs[place] - (other[place] if place < other.size() else 0)
		limbs[place] = borrow & _MASK
		borrow >>= _BITS


## -1, 0 or 1: whether a number is less than another, the same or more.
static func compare(one: PackedInt64Array, other: PackedInt64Array) -> int:
	for place in range(maxi(one.size(), other.size()) - 1, -1, -1):
		var mine := one[place] if place < one.size() else 0
		var theirs := other[place] if place < other.size() else 0
		if mine != theirs:
			return -1 if mine < theirs else 1
	return 0
