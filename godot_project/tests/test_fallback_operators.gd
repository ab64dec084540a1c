extends EvolveTest
## The fallback's operators on real vectors: the native library's bits, and its refusals.

const OPS := &"RustGeneticOps"


func test_children_and_mutants_have_the_native_bits() -> void:
	if skip_without_native():
		return
	var random := EvolveFallbackStream.of_user(31)
	var operators := EvolveFallbackGeneticOps.new()
	var native: RefCounted = ClassDB.instantiate(OPS)
	for case in 400:
		var width := 1 + case % 4
		var lower := PackedFloat64Array()
		var upper := PackedFloat64Array()
		for variable in width:
			lower.append(-pow(10.0, random.signed() * 4.0))
			# Now and then a variable without room.
			upper.append(
				lower[variable] if random.chance(0.1) else pow(10.0, random.signed() * 4.0)
			)
		var rows := PackedFloat64Array()
		for value in width * (case % 9):
			var extent := upper[value % width] - lower[value % width]
			# Some lie outside, and some are alike.
			rows.append(lower[value % width] + (1.2 * random.unit() - 0.1) * extent)
			if random.chance(0.1) and value >= width:
				rows[value] = rows[value - width]
		for operator: Array in [
			[&"sbx", 60.0], [&"blend", 2.0], [&"polynomial", 60.0], [&"gaussian", 3.0]
		]:
			# The usual whole etas half of the time: they go a way of their own.
			var parameter: float = random.unit() * operator[1]
			if case % 2 == 0:
				parameter = [15.0, 20.0, 0.0, 1.0][(case >> 1) % 4]
			var arguments := [rows, lower, upper, parameter, random.unit() * 1.0, case]
			var actual: PackedFloat64Array = operators.callv(operator[0], arguments)
			var expected: PackedFloat64Array = native.callv(operator[0], arguments)
			check_equal(actual, expected, "%s of case %d" % [operator[0], case])


func test_winners_are_the_native_ones() -> void:
	if skip_without_native():
		return
	var random := EvolveFallbackStream.of_user(32)
	var native: RefCounted = ClassDB.instantiate(OPS)
	for case in 300:
		var fitness := PackedFloat64Array()
		for individual in 1 + case % 30:
			fitness.append(floorf(random.signed() * 5.0))
		var arguments := [fitness, 1 + case % 5, case % 40, case]
		var actual: PackedInt32Array = EvolveFallbackGeneticOps.new().callv(
			&"tournament", arguments
		)
		var expected: PackedInt32Array = native.callv(&"tournament", arguments)
		check_equal(actual, expected, "winners of case %d" % case)


func test_what_makes_no_sense_is_refused_in_the_native_words() -> void:
	if skip_without_native():
		return
	var some := PackedFloat64Array([1.0, 2.0, 3.0])
	var holed := PackedFloat64Array([1.0, 2.0, NAN])
	var one := PackedFloat64Array([1.0])
	var two := PackedFloat64Array([0.0, 0.0])
	var none := PackedFloat64Array()
	for case: Array in [
		[&"sbx", [some, one, none, 15.0, 1.0, 1]],
		[&"sbx", [some, none, none, 15.0, 1.0, 1]],
		[&"sbx", [some, one, PackedFloat64Array([0.0]), 15.0, 1.0, 1]],
		[&"sbx", [some, two, two, 15.0, 1.0, 1]],
		[&"sbx", [holed, one, one, 15.0, 1.0, 1]],
		[&"sbx", [some, one, one, -1.0, 1.0, 1]],
		[&"blend", [some, one, one, 0.5, 1.5, 1]],
		[&"blend", [some, one, one, 2000.0, 1.0, 1]],
		[&"polynomial", [some, one, one, 20.0, -0.5, 1]],
		[&"gaussian", [some, one, one, 2000.0, 0.5, 1]],
		[&"tournament", [none, 2, 1, 1]],
		[&"tournament", [some, 0, 1, 1]],
		[&"tournament", [some, 2, -1, 1]],
		[&"tournament", [holed, 2, 1, 1]],
	]:
		var native: RefCounted = ClassDB.instantiate(OPS)
		expect_error("RustGeneticOps.%s: " % case[0])
		native.callv(case[0], case[1])
		expect_error("EvolveFallbackGeneticOps.%s: %s" % [case[0], EvolveNative.last_error()])
		var answer: Variant = EvolveFallbackGeneticOps.new().callv(case[0], case[1])
		check_equal(len(answer), 0, "length of what %s gives" % case[0])
