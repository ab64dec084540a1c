extends EvolveTest
## The hunters' demo: either side becomes better than it was, measured against the same opponents.

## time limit: 180 s

const SCENE := "res://demos/hunters/hunters.tscn"
const HUNTER := "res://demos/hunters/hunter.tscn"
const PREY := "res://demos/hunters/prey.tscn"
const GENERATIONS := 20
const HUNTERS := 0
const PREY_PLACE := 1
## Every hunter and every prey plays in as many meetings.
const ROUNDS := 2


func test_evolved_hunters_and_prey_do_better_than_the_first_ones_against_the_same_opponents(
) -> void:
	if skip_without_native():
		return
	seconds_limit = 150.0
	var folder := make_folder()
	var arguments := "%s -- --evolve-generations %d --evolve-seed 1 --evolve-out %s"
	var run := EvolveChildGodot.run((arguments % [SCENE, GENERATIONS, folder]).split(" "), 120.0)
	check_equal(run.exit_code, 0, run.output.right(500))
	check(FileAccess.file_exists(folder.path_join("champion-prey.evo")), "the prey have a champion")
	if run.exit_code == 0:
		await _check_progress(folder, 1)


func test_the_champions_hunt_and_flee_in_a_game_without_a_trainer() -> void:
	var game := (load("res://demos/hunters/hunters_game.tscn") as PackedScene).instantiate()
	add(game)
	while game.get(&"rounds") <= 20:
		await physics_frames(1)
	# Three prey a round. Of 200 rounds, 20 in a row come to 35 to 45 prey.
	var caught: int = game.get(&"caught")
	check(caught >= 20 and caught <= 55, "%d of 60 prey caught" % caught)


func _check_progress(folder: String, run_seed: int) -> void:
	# Nodes are ready only once the engine runs.
	await frames(1)
	var newest := folder.path_join("checkpoints/generation-%06d.evolve" % GENERATIONS)
	var first := EvolveNative.create_evolution(_config_json(), run_seed)
	var last := EvolveNative.resume_evolution(newest)
	var first_on_first := _caught(_minds(first, HUNTERS), _minds(first, PREY_PLACE))
	var last_on_first := _caught(_minds(last, HUNTERS), _minds(first, PREY_PLACE))
	var last_on_last := _caught(_minds(last, HUNTERS), _minds(last, PREY_PLACE))
	print("caught %.3f %.3f %.3f" % [first_on_first, last_on_first, last_on_last])
	check(
		last_on_first >= first_on_first + 0.1,
		(
			"evolved hunters catch %.2f of the first prey, the first hunters %.2f"
			% [last_on_first, first_on_first]
		)
	)
	check(
		last_on_last <= last_on_first - 0.05,
		(
			"evolved hunters catch %.2f of the evolved prey, and %.2f of the first prey"
			% [last_on_last, last_on_first]
		)
	)


func _config_json() -> String:
	var scene := (load(SCENE) as PackedScene).instantiate()
	var trainer := scene.get_node("EvolveTrainer") as EvolveTrainer
	var json := trainer.make_settings().config_json()
	scene.free()
	return json


# Everybody of a population, as it stands in a run.
func _minds(evolution: RefCounted, population: int) -> Array[EvolveMind]:
	var size: int = (evolution.call(&"statistics")["populations"] as Array)[population]["members"]
	var minds: Array[EvolveMind] = []
	for member in size:
		var genome: RefCounted = evolution.call(&"member", population, member)
		minds.append(EvolveMind.of_network(Evolve.network_of(genome)))
	return minds


# The share of the prey that is caught, each time two hunters on three prey.
func _caught(hunters: Array[EvolveMind], prey: Array[EvolveMind]) -> float:
	var caught := 0
	var count := 0
	for round_place in ROUNDS:
		for first in range(0, hunters.size(), 2):
			var chosen := hunters.slice(first, first + 2)
			for place in 3:
				chosen.append(prey[(count + place) % prey.size()])
			caught += _meet(chosen, 1000 * round_place + first)
			count += 3
	return float(caught) / count


# Two hunters and three prey meet for an episode; gives how many prey are caught. Nothing here needs
# the engine's own ticks.
func _meet(minds: Array[EvolveMind], episode_seed: int) -> int:
	var field := add(Node2D.new())
	var agents: Array[EvolveAgent] = []
	for place in minds.size():
		var scene := load(HUNTER if place < 2 else PREY) as PackedScene
		var creature := scene.instantiate()
		agents.append(EvolveAgent.find_in(creature))
		agents[place].prepare(episode_seed, place, EvolveTickCount.new())
		field.add_child(creature)
	for agent in agents:
		agent.begin_episode()
	for tick in 480:
		for place in minds.size():
			if not agents[place].is_finished():
				agents[place].body.call(
					&"act", minds[place].think(agents[place].body.call(&"sense"))
				)
	var caught := 0
	for agent in agents:
		caught += int(agent.body.get(&"is_out"))
	field.free()
	return caught
