extends EvolveTest
## The functions and random numbers of the fallback: the bits of the native library.

const EXTREMES: PackedFloat32Array = [
	0.0,
	-0.0,
	1e-45,
	-1e-45,
	1e-38,
	1e9,
	-1e9,
	88.3,
	88.4,
	-87.3,
	-87.4,
	0.625,
	-0.625,
	8192.0,
	16.5
]


func test_every_activation_has_the_bits_of_the_native_one() -> void:
	if skip_without_native():
		return
	var xs := _sweep(4_000)
	for code in 13:
		var native := NativeBytes.of_terminal(code, 0)
		var fallback := EvolveFallbackActivation.new()
		var expected: PackedFloat32Array = native.call(&"think_batch", xs.size(), xs)
		var actual := PackedFloat32Array()
		for x in xs:
			# A node adds what reaches it to 0, and holds it to its limit.
			var reached := minf(maxf(0.0 + x, -1e9), 1e9)
			actual.append(fallback.apply(code, reached))
		_check_bits(actual, expected, xs, "activation %d" % code)


func test_functions_of_the_largest_numbers_are_finite() -> void:
	var functions := EvolveFallbackMath.new()
	for x: float in [3.4e38, -3.4e38, 1e30, -1e30]:
		check(is_finite(functions.exponential(x)), "e^%s" % x)
		check(is_finite(functions.hyperbolic_tangent(x)), "tanh %s" % x)
		check(is_finite(functions.softplus(x)), "softplus %s" % x)
		check(is_finite(functions.sine(x)), "sine %s" % x)
	check_equal(functions.exponential(-1e9), 0.0, "e^-1e9")


func test_functions_stay_near_those_of_the_engine() -> void:
	var functions := EvolveFallbackMath.new()
	for x in _sweep(2_000):
		if absf(x) > 80.0:
			continue
		check_near(functions.exponential(x) / exp(x), 1.0, 3e-7, "e^%s" % x)
		check_near(functions.hyperbolic_tangent(x), tanh(x), 2e-7, "tanh %s" % x)
		check_near(functions.sine(x), sin(x), 2e-6, "sine %s" % x)


func test_random_bits_are_the_ones_the_native_tests_publish() -> void:
	var random := EvolveFallbackStream.of(7, 0, 3, 0, EvolveFallbackStream.Purpose.OFFSPRING)
	# 2490230459253108221, 10245964906247819040 and 17745783561891491078, as signed numbers.
	check_equal(random.bits(), 2490230459253108221, "first")
	check_equal(random.bits(), -8200779167461732576, "second")
	check_equal(random.bits(), -700960511818060538, "third")


func test_numbers_below_a_count_reach_every_one_and_no_other() -> void:
	var random := EvolveFallbackStream.of_user(1)
	var seen := PackedInt32Array()
	seen.resize(7)
	for draw in 7_000:
		seen[random.below(7)] += 1
		var near := random.signed()
		check(near >= -1.0 and near < 1.0, "signed")
	for count in seen:
		check(count > 800 and count < 1200, "each of seven numbers came about as often: %d" % count)


func test_published_gene_ids_are_the_same_here() -> void:
	var edge := EvolveFallbackGeneId.connection(0, EvolveFallbackGeneId.MAXIMUM_TERMINALS)
	check_equal(edge, 8648623274787623878, "connection")
	check_equal(EvolveFallbackGeneId.split(edge, 0), 6732673671101452872, "first split")
	check_equal(EvolveFallbackGeneId.split(edge, 1), 7765907584374869958, "second split")


func _sweep(count: int) -> PackedFloat32Array:
	var xs := EXTREMES.duplicate()
	var random := EvolveFallbackStream.of_user(3)
	for step in count:
		xs.append(-12.0 + 24.0 * step / count)
		xs.append(-100.0 + 200.0 * step / count)
		xs.append(random.normal() * pow(10.0, random.signed() * 9.0))
	return xs


func _check_bits(
	actual: PackedFloat32Array, expected: PackedFloat32Array, xs: PackedFloat32Array, what: String
) -> void:
	# Compared as bytes: as numbers the two zeros would pass for one another.
	check(actual.to_byte_array() == expected.to_byte_array(), what)
	for place in xs.size():
		if actual[place] != expected[place]:
			var values := [what, xs[place], actual[place], expected[place]]
			fail("%s of %.9g is %.9g and should be %.9g" % values)
			return


class NativeBytes:
	extends RefCounted
	## Gives the native library genomes that its own operators would not make: a champion's file,
	## written here.

	## A native network of one input and one output with this function and aggregation, weight 1.
	static func of_terminal(activation: int, aggregation: int) -> RefCounted:
		var ends := PackedInt64Array([0, EvolveFallbackGeneId.MAXIMUM_TERMINALS])
		var genome := EvolveFallbackGenome.of_arrays(
			ends,
			PackedFloat32Array([0.0, 0.0]),
			PackedByteArray([0, activation]),
			PackedByteArray([0, aggregation]),
			ends.slice(0, 1),
			ends.slice(1),
			PackedFloat32Array([1.0]),
			PackedByteArray([1])
		)
		return network_of(genome, false)

	## The native network of any genome.
	static func network_of(genome: EvolveFallbackGenome, recurrent: bool) -> RefCounted:
		var data := champion(genome, recurrent)
		return ClassDB.class_call_static(&"RustNetwork", &"of_champion", data)

	## A champion's file with the genome.
	static func champion(genome: EvolveFallbackGenome, recurrent: bool) -> PackedByteArray:
		var genes := genome.genes
		var tensors: Dictionary[String, Variant] = {
			"connection.id": genes.connection_ids,
			"connection.offsets": PackedInt64Array([0, genes.connection_ids.size()]),
			"connection.source": genes.connection_sources,
			"connection.target": genes.connection_targets,
			"genome.index": PackedInt64Array([0]),
			"genome.population": PackedInt64Array([0]),
			"node.id": genes.node_ids,
			"node.offsets": PackedInt64Array([0, genes.node_ids.size()]),
			"connection.weight": genes.connection_weights,
			"node.bias": genes.node_biases,
			"connection.enabled": genes.connections_enabled,
			"node.activation": genes.node_activations,
			"node.aggregation": genes.node_aggregations,
		}
		var header: Dictionary[String, Variant] = {
			"__metadata__": {"evolve": _about(genes, recurrent)}
		}
		var body := PackedByteArray()
		for name: String in tensors:
			header[name] = _append(body, tensors[name])
		var text := JSON.stringify(header, "", false).to_utf8_buffer()
		while text.size() % 8 != 0:
			text.append(0x20)
		var file := PackedByteArray()
		file.resize(8)
		file.encode_s64(0, text.size())
		file.append_array(text)
		file.append_array(body)
		return _stamped(file)

	static func _append(body: PackedByteArray, tensor: Variant) -> Dictionary:
		var begin := body.size()
		var kind := "U8"
		if tensor is PackedByteArray:
			body.append_array(tensor)
		else:
			kind = "I64" if tensor is PackedInt64Array else "F32"
			body.append_array(tensor.to_byte_array())
		return {"dtype": kind, "shape": [tensor.size()], "data_offsets": [begin, body.size()]}

	static func _about(genes: EvolveFallbackGenes, recurrent: bool) -> String:
		var population := {
			"inputs": range(genes.inputs()).map(func(place: int) -> String: return "i%d" % place),
			"name": "main",
			"outputs": range(genes.outputs()).map(func(place: int) -> String: return "o%d" % place),
			"recurrent": recurrent,
		}
		var about := {"fitness": 0.5, "generation": 0, "populations": [population]}
		about.merge(
			{"schema": "evolve.champion", "seed": "7", "sha256": "0".repeat(64), "version": 1}
		)
		return JSON.stringify(about)

	static func _stamped(file: PackedByteArray) -> PackedByteArray:
		var hashing := HashingContext.new()
		hashing.start(HashingContext.HASH_SHA256)
		hashing.update(file)
		var digest := hashing.finish().hex_encode().to_ascii_buffer()
		var begin := file.hex_encode().find("30".repeat(64)) >> 1
		for place in digest.size():
			file[begin + place] = digest[place]
		return file
