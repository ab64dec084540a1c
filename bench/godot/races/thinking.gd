extends "../race.gd"
## One network, many agents, and a whole population.

const Network := preload("../yardstick/network.gd")


## Runs every race of this file.
func run() -> void:
	_thoughts()
	_populations()
	_agents()


func _thoughts() -> void:
	for size: Array in [["46 connections", 10, 4, 10], ["400 connections", 24, 16, 20]]:
		var population := _grown(1, size[1], size[2], size[3])
		var genome: RustNeatGenome = population.genome(0)
		var network: RustNetwork = RustNetwork.of_genome(genome)
		var plain: Network = Network.of_genome(Twins.new().of_genome(genome))
		var seen := _noise(size[1], 3)
		_check_near(network.think(seen), plain.think(seen), "thoughts of one network")
		var ours := func(calls: int) -> void:
			for turn in calls:
				network.think(seen)
		var theirs := func(calls: int) -> void:
			for turn in calls:
				plain.think(seen)
		var title := "one forward pass a call, %d connections" % genome.connection_count()
		time(title, "us", ours, theirs, 20_000, 500)


func _populations() -> void:
	var population := _grown(1_024, 10, 4, 10)
	var twins := Twins.new()
	var networks: Array[Network] = []
	for genome in twins.of_population(population):
		networks.append(Network.of_genome(genome))
	var seen := _noise(1_024 * 10, 4)
	_check_near(population.think(seen), _think_all(networks, seen), "thoughts of a population")
	var ours := func(calls: int) -> void:
		for turn in calls:
			population.think(seen)
	var theirs := func(calls: int) -> void:
		for turn in calls:
			_think_all(networks, seen)
	time("a population of 1024 in one call", "us", ours, theirs, 100, 1)


func _think_all(networks: Array[Network], seen: PackedFloat32Array) -> PackedFloat32Array:
	var actions := PackedFloat32Array()
	actions.resize(networks.size() * 4)
	for place in networks.size():
		networks[place].think_into(seen, place * 10, actions, place * 4)
	return actions


func _agents() -> void:
	var genome: RustNeatGenome = _grown(1, 10, 4, 10).genome(0)
	var network: RustNetwork = RustNetwork.of_genome(genome)
	var plain: Network = Network.of_genome(Twins.new().of_genome(genome))
	var networks: Array[Network] = []
	networks.resize(1_024)
	networks.fill(plain)
	var seen := _noise(1_024 * 10, 5)
	var thought := network.think_batch(1_024, seen)
	_check_near(thought, _think_all(networks, seen), "thoughts of agents")
	var ours := func(calls: int) -> void:
		for turn in calls:
			network.think_batch(1_024, seen)
	var theirs := func(calls: int) -> void:
		for turn in calls:
			_think_all(networks, seen)
	time("1024 agents of one network in one call", "us", ours, theirs, 500, 1)
