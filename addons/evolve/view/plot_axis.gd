@tool
class_name EvolvePlotAxis
extends RefCounted
## One axis of a plot: its range, where its ticks are and what is written beside them. Pure
## arithmetic: it knows no pixels.

# Beyond this a span would no longer be finite.
const _LARGEST := 1e300
const _STEPS: PackedFloat64Array = [1.0, 2.0, 5.0, 10.0]
# Tops of a counting axis: it is drawn anew in few steps, not with every generation.
const _TOPS: PackedFloat64Array = [1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0]
const _UNITS: Dictionary[String, float] = {"G": 1e9, "M": 1e6, "k": 1e3}
const _FIRST_WITH_UNIT := 10_000.0

## Where it begins.
var low := 0.0
## Where it ends.
var high := 1.0
## From one tick to the next.
var step := 0.2
## What is measured, empty for nothing to say.
var title := ""


## The axis for figures between two values, with about so many ticks; both ends are ticks.
static func around(least: float, greatest: float, most_ticks: int) -> EvolvePlotAxis:
	var axis := EvolvePlotAxis.new()
	if not (is_finite(least) and is_finite(greatest)) or least > greatest:
		least = 0.0
		greatest = 1.0
	least = clampf(least, -_LARGEST, _LARGEST)
	greatest = clampf(greatest, -_LARGEST, _LARGEST)
	# Closer together than this, ticks would have the same text.
	if greatest - least <= maxf(absf(least), absf(greatest)) * 1e-9:
		var space := maxf(absf(greatest) * 0.1, 0.5)
		least -= space
		greatest += space
	axis.step = nice_step((greatest - least) / maxi(most_ticks, 1))
	axis.low = floorf(least / axis.step + 1e-9) * axis.step
	axis.high = ceilf(greatest / axis.step - 1e-9) * axis.step
	return axis


## The axis for things that are counted, from 0 up to a number or a little more. It ends at few
## different numbers, so that a plot that grows stands still most of the time.
static func counting(last: float, most_ticks: int) -> EvolvePlotAxis:
	var axis := EvolvePlotAxis.new()
	var wanted := maxf(last, 1.0)
	var decade := pow(10.0, floorf(log(wanted) / log(10.0) + 1e-9))
	for top in _TOPS:
		axis.high = ceilf(top * decade - 1e-9)
		if axis.high >= wanted:
			break
	axis.step = maxf(nice_step(axis.high / maxi(most_ticks, 1)), 1.0)
	return axis


## The axis for the generations of a run, from the first one, 1.
static func generations(last: float, most_ticks: int) -> EvolvePlotAxis:
	var axis := counting(maxf(last, 2.0), most_ticks)
	axis.low = 1.0
	axis.title = "generation"
	return axis


## The least of 1, 2, 5, 10, 20 … and of 0.5, 0.2, 0.1 … that is not below a number.
static func nice_step(least: float) -> float:
	var decade := pow(10.0, floorf(log(maxf(least, 1e-300)) / log(10.0)))
	for nice in _STEPS:
		if nice * decade >= least * (1.0 - 1e-9):
			return nice * decade
	return 10.0 * decade


## Where the ticks are, from low to high.
func ticks() -> PackedFloat64Array:
	var found := PackedFloat64Array()
	var first := ceilf(low / step - 1e-6)
	for place in 1 + int(floorf(high / step + 1e-6) - first):
		found.append((first + place) * step)
	return found


## What is written beside a tick: no more digits than tell it from its neighbours.
func text(value: float) -> String:
	var largest := maxf(absf(low), absf(high))
	if largest >= 1e12 or step < 1e-6:
		return String.num_scientific(value)
	for unit: String in _UNITS:
		if largest >= maxf(_UNITS[unit], _FIRST_WITH_UNIT):
			return _decimal(value / _UNITS[unit], step / _UNITS[unit]) + unit
	return _decimal(value, step)


## Where on the axis a value is: 0 at its low end, 1 at its high end.
func share(value: float) -> float:
	return (value - low) / (high - low)


## The value at a share of the axis, the inverse of [method share].
func value_at(share_of_axis: float) -> float:
	return low + share_of_axis * (high - low)


## A figure for a read-out: short, and never rounded to nothing.
static func figure(value: float) -> String:
	if not is_finite(value):
		return str(value)
	if value == floorf(value) and absf(value) < 1e9:
		return "%d" % int(value)
	if absf(value) >= 1e9 or absf(value) < 1e-3:
		return String.num_scientific(snappedf(value, absf(value) * 1e-4))
	var decimals := clampi(3 - int(floorf(log(absf(value)) / log(10.0))), 0, 6)
	return String.num(value, decimals).trim_suffix(".0")


static func _decimal(value: float, unit: float) -> String:
	var decimals := clampi(int(ceilf(-log(unit) / log(10.0) - 1e-9)), 0, 9)
	var written := String.num(value, decimals).pad_decimals(decimals)
	return written.trim_prefix("-") if written.to_float() == 0.0 else written
