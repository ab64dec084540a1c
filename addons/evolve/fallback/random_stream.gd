class_name EvolveFallbackStream
extends RefCounted
## One stream of random numbers: SplitMix64, with the very bits of the native library.
##
## GDScript's integers wrap at 64 bits as the arithmetic wants, but their shift to the right copies
## the sign; each is masked.

## What a stream is for. Two purposes never share numbers.
enum Purpose {
	## The weights of the first generation.
	INITIAL = 1,
	## Parents, crossover and mutation of one offspring.
	OFFSPRING = 2,
	## The representative of one species.
	REPRESENTATIVE = 3,
	## The seed of one episode.
	EPISODE = 4,
	## A person's own use.
	USER = 5,
	## Who meets whom in the episodes of one repeat.
	MEETING = 6,
	## Who meets whom in tournaments.
	TOURNAMENT = 21,
	## The crossover of one pair of real vectors.
	REAL_CROSSOVER = 22,
	## The mutation of one real vector.
	REAL_MUTATION = 23,
}

# 0x9e3779b97f4a7c15 and the two multipliers, as signed numbers.
const _GOLDEN := -7046029254386353131
const _FIRST_MULTIPLIER := -4658895280553007687
const _SECOND_MULTIPLIER := -7723592293110705685

# 2^-53, a power of two: a product with it is exact.
const _LAST_BIT := 1.0 / 9007199254740992.0
# Eight uniform lanes of 0..4095: mean 8 · 4095 / 2, variance 8 · (4096² − 1) / 12.
const _NORMAL_MEAN := 16380.0
# 1 / 3344.37, the deviation, as a 32-bit number.
const _NORMAL_SCALE := 10273904.0 / 34359738368.0
# Two lanes of a word.
const _PAIR := 0x0f_ff00_0fff

var _state := 0
var _slot := PackedFloat32Array([0.0])


## The stream of a purpose for one thing (its index) of one population in one generation.
static func of(
	stream_seed: int, population: int, generation: int, index: int, purpose: Purpose
) -> EvolveFallbackStream:
	var stream := EvolveFallbackStream.new()
	var state := mix(stream_seed + _GOLDEN)
	state = mix(state + purpose)
	state = mix(state + ((population << 32) | generation))
	stream._state = mix(state + index)
	return stream


## A stream for a person's own use.
static func of_user(stream_seed: int) -> EvolveFallbackStream:
	return of(stream_seed, 0, 0, 0, Purpose.USER)


## The finaliser of SplitMix64: every bit of the input reaches every bit of the output.
static func mix(x: int) -> int:
	x ^= (x >> 30) & 0x3_ffff_ffff
	x *= _FIRST_MULTIPLIER
	x ^= (x >> 27) & 0x1f_ffff_ffff
	x *= _SECOND_MULTIPLIER
	return x ^ ((x >> 31) & 0x1_ffff_ffff)


## 64 random bits, as a signed number.
func bits() -> int:
	_state += _GOLDEN
	# The steps of mix, written out: a call would take as long as they do.
	var x := _state
	x ^= (x >> 30) & 0x3_ffff_ffff
	x *= _FIRST_MULTIPLIER
	x ^= (x >> 27) & 0x1f_ffff_ffff
	x *= _SECOND_MULTIPLIER
	return x ^ ((x >> 31) & 0x1_ffff_ffff)


## A number from 0, below 1, with 53 random bits.
func unit() -> float:
	return ((bits() >> 11) & 0x1f_ffff_ffff_ffff) * _LAST_BIT


## True with the given probability.
func chance(probability: float) -> bool:
	return ((bits() >> 11) & 0x1f_ffff_ffff_ffff) * _LAST_BIT < probability


## A whole number from 0, below count, which must be from 1 to 2^31.
func below(count: int) -> int:
	return (((bits() >> 32) & 0xffff_ffff) * count) >> 32


## A 32-bit number from -1, below 1.
func signed() -> float:
	# 24 bits and a power of two: exact, so that nothing is left to round.
	return ((bits() >> 40) & 0xff_ffff) * (1.0 / 8388608.0) - 1.0


## Nearly normal, mean 0 and deviation 1: the sum of eight 12-bit lanes. It never leaves ±4.9.
func normal() -> float:
	var first := bits()
	return normal_of(first, bits(), _slot)


## The number that two words make with the lower 48 bits of each, rounded in the first of the slot.
static func normal_of(first: int, second: int, slot: PackedFloat32Array) -> float:
	# Two lanes at a time: the sum of eight has 15 bits, and the lanes of a pair lie 24 apart.
	var sums := (
		(first & _PAIR) + ((first >> 12) & _PAIR) + (second & _PAIR) + ((second >> 12) & _PAIR)
	)
	slot[0] = (((sums + (sums >> 24)) & 0xffff) - _NORMAL_MEAN) * _NORMAL_SCALE
	return slot[0]
