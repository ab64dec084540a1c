class_name EvolveFallbackGeneticOps
extends RefCounted
## Crossover, mutation and selection for vectors of real numbers without the native library:
## RustGeneticOps's calls and bits.
##
## A batch is one array, a row after the other, each as long as lower and upper, the bounds of its
## variables. In a crossover rows 0 and 1 are a pair, 2 and 3 the next one, and the children come
## back in their places. What makes no sense gives an empty array and an error.

# Variables nearer than this are left alone: their spread would divide by next to nothing.
const _TOO_CLOSE := 1e-14
const _ETA := [1e6, "between 0 and 1,000,000"]
const _PART := [1e3, "between 0 and 1,000"]
const _PROBABILITY := [1.0, "between 0 and 1"]


## Simulated binary crossover: children are spread around their parents, the closer the larger eta
## is (15 is usual). Each pair is crossed with the probability, and in it every variable with
## probability 0.5.
static func sbx(
	rows: PackedFloat64Array,
	lower: PackedFloat64Array,
	upper: PackedFloat64Array,
	eta: float,
	probability: float,
	draw_seed: int
) -> PackedFloat64Array:
	var batch := EvolveFallbackRealBatch.of("sbx", rows, lower, upper)
	batch.check("eta", eta, _ETA)
	batch.check("probability", probability, _PROBABILITY)
	if batch.is_refused():
		return PackedFloat64Array()
	var power := EvolveFallbackPower.of(eta + 1.0)
	for pair in batch.pairs():
		var random := _crossing(draw_seed, pair)
		if random.chance(probability):
			_spread_pair(batch, pair, power, random)
	return batch.rows


## Blend crossover (BLX): children are drawn evenly from their parents' interval, widened at both
## ends by alpha of its length (0.5 is usual). Each pair is crossed with the probability.
static func blend(
	rows: PackedFloat64Array,
	lower: PackedFloat64Array,
	upper: PackedFloat64Array,
	alpha: float,
	probability: float,
	draw_seed: int
) -> PackedFloat64Array:
	var batch := EvolveFallbackRealBatch.of("blend", rows, lower, upper)
	batch.check("alpha", alpha, _PART)
	batch.check("probability", probability, _PROBABILITY)
	if batch.is_refused():
		return PackedFloat64Array()
	for pair in batch.pairs():
		var random := _crossing(draw_seed, pair)
		if not random.chance(probability):
			continue
		for variable in batch.width:
			var here := 2 * pair * batch.width + variable
			var one := batch.rows[here]
			var other := batch.rows[here + batch.width]
			var margin := alpha * absf(one - other)
			var low := maxf(minf(one, other) - margin, lower[variable])
			var high := minf(maxf(one, other) + margin, upper[variable])
			batch.rows[here] = minf(low + random.unit() * (high - low), high)
			batch.rows[here + batch.width] = minf(low + random.unit() * (high - low), high)
	return batch.rows


## Polynomial mutation: small changes are likelier, the more so the larger eta is (20 is usual).
## Every variable changes with the probability.
static func polynomial(
	rows: PackedFloat64Array,
	lower: PackedFloat64Array,
	upper: PackedFloat64Array,
	eta: float,
	probability: float,
	draw_seed: int
) -> PackedFloat64Array:
	var batch := EvolveFallbackRealBatch.of("polynomial", rows, lower, upper)
	batch.check("eta", eta, _ETA)
	batch.check("variable_probability", probability, _PROBABILITY)
	if batch.is_refused():
		return PackedFloat64Array()
	var power := EvolveFallbackPower.of(eta + 1.0)
	_mutate(batch, probability, draw_seed, _polynomial.bind(power))
	return batch.rows


## Gaussian mutation: normal changes whose standard deviation is a part of the variable's range (0.1
## is usual), cut at the bounds. Every variable changes with the probability.
static func gaussian(
	rows: PackedFloat64Array,
	lower: PackedFloat64Array,
	upper: PackedFloat64Array,
	deviation: float,
	probability: float,
	draw_seed: int
) -> PackedFloat64Array:
	var batch := EvolveFallbackRealBatch.of("gaussian", rows, lower, upper)
	batch.check("deviation", deviation, _PART)
	batch.check("variable_probability", probability, _PROBABILITY)
	if batch.is_refused():
		return PackedFloat64Array()
	var power := EvolveFallbackPower.new()
	_mutate(batch, probability, draw_seed, _gaussian.bind(deviation, power))
	return batch.rows


## The indices of the winners of so many tournaments: size individuals are drawn for each, and the
## largest fitness wins; of equals the lower index.
static func tournament(
	fitness: PackedFloat64Array, size: int, rounds: int, draw_seed: int
) -> PackedInt32Array:
	var winners := PackedInt32Array()
	var problem := _tournament_problem(fitness, size, rounds)
	if not problem.is_empty():
		push_error("EvolveFallbackGeneticOps.tournament: %s" % problem)
		return winners
	var random := EvolveFallbackStream.of(
		draw_seed, 0, 0, 0, EvolveFallbackStream.Purpose.TOURNAMENT
	)
	for _lap in rounds:
		var winner := random.below(fitness.size())
		for _rival in range(1, mini(size, 1 << 16)):
			var rival := random.below(fitness.size())
			var is_tie := fitness[rival] == fitness[winner]
			if fitness[rival] > fitness[winner] or (is_tie and rival < winner):
				winner = rival
		winners.append(winner)
	return winners


static func _tournament_problem(fitness: PackedFloat64Array, size: int, rounds: int) -> String:
	if rounds < 0 or rounds > EvolveFallbackNsga2.MAXIMUM_ROUNDS:
		return "rounds is %d; it must be between 0 and 16,777,216" % rounds
	if fitness.is_empty() and rounds > 0:
		return "%d cannot be chosen from 0" % rounds
	if size < 1:
		return "size is 0; it must be at least 1"
	for place in fitness.size():
		if is_nan(fitness[place]):
			return "fitness 0 of row %d is not a number" % place
	return ""


static func _crossing(draw_seed: int, pair: int) -> EvolveFallbackStream:
	return EvolveFallbackStream.of(
		draw_seed, 0, 0, pair, EvolveFallbackStream.Purpose.REAL_CROSSOVER
	)


static func _spread_pair(
	batch: EvolveFallbackRealBatch,
	pair: int,
	power: EvolveFallbackPower,
	random: EvolveFallbackStream
) -> void:
	for variable in batch.width:
		var is_crossed := random.chance(0.5)
		var is_exchanged := random.chance(0.5)
		var unit := random.unit()
		var here := 2 * pair * batch.width + variable
		var there := here + batch.width
		var one := batch.rows[here]
		var other := batch.rows[there]
		if not is_crossed or absf(one - other) <= _TOO_CLOSE:
			continue
		var low := minf(one, other)
		var high := maxf(one, other)
		var least := batch.lower[variable]
		var most := batch.upper[variable]
		var gap := high - low
		var below := _spread(1.0 + 2.0 * (low - least) / gap, unit, power)
		var above := _spread(1.0 + 2.0 * (most - high) / gap, unit, power)
		var low_child := minf(maxf(0.5 * (low + high - below * gap), least), most)
		var high_child := minf(maxf(0.5 * (low + high + above * gap), least), most)
		var is_low_first := (one < other) != is_exchanged
		batch.rows[here] = low_child if is_low_first else high_child
		batch.rows[there] = high_child if is_low_first else low_child


# How far a child lands from the middle, in halves of the gap, given the room to the bound.
static func _spread(room: float, unit: float, power: EvolveFallbackPower) -> float:
	var share := unit * (2.0 - 1.0 / power.raise(room))
	return power.root(share if share <= 1.0 else 1.0 / (2.0 - share))


static func _polynomial(
	value: float,
	least: float,
	most: float,
	random: EvolveFallbackStream,
	power: EvolveFallbackPower
) -> float:
	var unit := random.unit()
	var extent := most - least
	if extent == 0.0:
		return value
	var shift := 0.0
	if unit <= 0.5:
		var room := power.raise(1.0 - (value - least) / extent)
		shift = power.root(2.0 * unit + (1.0 - 2.0 * unit) * room) - 1.0
	else:
		var room := power.raise(1.0 - (most - value) / extent)
		shift = 1.0 - power.root(2.0 * (1.0 - unit) + 2.0 * (unit - 0.5) * room)
	return minf(maxf(value + shift * extent, least), most)


static func _gaussian(
	value: float,
	least: float,
	most: float,
	random: EvolveFallbackStream,
	deviation: float,
	power: EvolveFallbackPower
) -> float:
	var moved := value + _normal(random, power) * deviation * (most - least)
	return minf(maxf(moved, least), most)


# Normal with mean 0 and deviation 1, by Marsaglia's polar method.
static func _normal(random: EvolveFallbackStream, power: EvolveFallbackPower) -> float:
	while true:
		var x := 2.0 * random.unit() - 1.0
		var y := 2.0 * random.unit() - 1.0
		var square := x * x + y * y
		if square > 0.0 and square < 1.0:
			return x * sqrt(-2.0 * power.logarithm(square) / square)
	return 0.0


static func _mutate(
	batch: EvolveFallbackRealBatch, probability: float, draw_seed: int, change: Callable
) -> void:
	for row in batch.count():
		var random := EvolveFallbackStream.of(
			draw_seed, 0, 0, row, EvolveFallbackStream.Purpose.REAL_MUTATION
		)
		# The native operators can leave whole rows out; here none is, but the number is drawn.
		random.bits()
		for variable in batch.width:
			if random.chance(probability):
				var here := row * batch.width + variable
				var least := batch.lower[variable]
				batch.rows[here] = change.call(
					batch.rows[here], least, batch.upper[variable], random
				)
