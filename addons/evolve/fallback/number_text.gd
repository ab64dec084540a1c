class_name EvolveFallbackNumberText
extends RefCounted
## A float in the fewest digits that still mean this very float, as the native library writes it.
##
## The engine's own texts differ between its versions and are not always the shortest. This is
## Steele and White's method: exact arithmetic on large whole numbers, a digit at a time.

# The least mantissa with a full 53 bits: below it the neighbours are nearer.
const _HIDDEN_BIT := 1 << 52
const _LEAST_EXPONENT := -1074

# What is left of the number, and half the gaps to its neighbours, in parts of the scale.
var _rest := PackedInt64Array()
var _scale := PackedInt64Array()
var _above := PackedInt64Array()
var _below := PackedInt64Array()
# A number between two floats, just as far from both, means the one with an even mantissa.
var _is_even := false
var _digits := ""
# The number is 0.DIGITS times ten to this power.
var _power := 0


## The text of a finite float, like [code]3.9[/code], [code]4.0[/code] or [code]1e16[/code].
static func of(number: float) -> String:
	var bits := PackedFloat64Array([number]).to_byte_array().decode_s64(0)
	var minus := "-" if bits < 0 else ""
	if number == 0.0:
		return minus + "0.0"
	var text := EvolveFallbackNumberText.new()
	text._begin(bits)
	text._fit(absf(number))
	text._generate()
	return minus + text._shown()


func _begin(bits: int) -> void:
	var mantissa := bits & (_HIDDEN_BIT - 1)
	var stored := (bits >> 52) & 0x7ff
	var exponent := _LEAST_EXPONENT + maxi(stored - 1, 0)
	# Below a power of two lie twice as many floats as above.
	var is_narrow := mantissa == 0 and stored > 1
	if stored > 0:
		mantissa += _HIDDEN_BIT
	_is_even = mantissa & 1 == 0
	_rest = EvolveFallbackBigNumber.of(mantissa)
	_scale = EvolveFallbackBigNumber.of(1)
	_below = EvolveFallbackBigNumber.of(1)
	EvolveFallbackBigNumber.multiply(_rest, 2, 2 if is_narrow else 1)
	EvolveFallbackBigNumber.multiply(_scale, 2, (2 if is_narrow else 1) + maxi(-exponent, 0))
	EvolveFallbackBigNumber.multiply(_rest, 2, maxi(exponent, 0))
	EvolveFallbackBigNumber.multiply(_below, 2, maxi(exponent, 0))
	_above = _below.duplicate()
	EvolveFallbackBigNumber.multiply(_above, 2, 1 if is_narrow else 0)


# Scales so that the first digit is the next one.
func _fit(size: float) -> void:
	# Logarithms of platforms may differ in the last bit; one too few is found below.
	_power = ceili(log(size) / log(10.0) - 1e-10)
	EvolveFallbackBigNumber.multiply(_scale, 10, maxi(_power, 0))
	for limbs: PackedInt64Array in [_rest, _above, _below]:
		EvolveFallbackBigNumber.multiply(limbs, 10, maxi(-_power, 0))
	var reached := EvolveFallbackBigNumber.compare(
		EvolveFallbackBigNumber.sum(_rest, _above), _scale
	)
	if reached > 0 or (reached == 0 and _is_even):
		_power += 1
	else:
		_next_place()


func _next_place() -> void:
	for limbs: PackedInt64Array in [_rest, _above, _below]:
		EvolveFallbackBigNumber.multiply(limbs, 10)


func _generate() -> void:
	while true:
		var digit := 0
		while EvolveFallbackBigNumber.compare(_rest, _scale) >= 0:
			EvolveFallbackBigNumber.subtract(_rest, _scale)
			digit += 1
		var low := EvolveFallbackBigNumber.compare(_rest, _below)
		var high := EvolveFallbackBigNumber.compare(
			EvolveFallbackBigNumber.sum(_rest, _above), _scale
		)
		var may_stay := low < 0 or (low == 0 and _is_even)
		var may_rise := high > 0 or (high == 0 and _is_even)
		if may_stay or may_rise:
			_digits += str(
				digit + 1 if may_rise and not (may_stay and _is_nearer(digit)) else digit
			)
			return
		_digits += str(digit)
		_next_place()


# Whether the digit is nearer than the next one; of equals the even one is.
func _is_nearer(digit: int) -> bool:
	var half := EvolveFallbackBigNumber.compare(EvolveFallbackBigNumber.sum(_rest, _rest), _scale)
	return half < 0 or (half == 0 and digit & 1 == 0)


func _shown() -> String:
	var count := _digits.length()
	if _power > 16 or _power < -4:
		var fraction := "." + _digits.substr(1) if count > 1 else ""
		return "%s%se%d" % [_digits[0], fraction, _power - 1]
	if _power <= 0:
		return "0." + "0".repeat(-_power) + _digits
	if count <= _power:
		return _digits + "0".repeat(_power - count) + ".0"
	return _digits.left(_power) + "." + _digits.substr(_power)
