extends EvolveTest
## The picture of the XOR demo, drawn without a screen: it may not stumble over what it is told.

const Agent := preload("res://demos/xor/xor_agent.tscn")


func test_the_view_draws_before_during_and_after_a_run() -> void:
	var scene := (load("res://demos/xor/xor.tscn") as PackedScene).instantiate() as Control
	var trainer := scene.get_node("EvolveTrainer") as EvolveTrainer
	scene.remove_child(trainer)
	trainer.free()
	# The view looks for its trainer when it is ready; this one is not to train.
	var idle := EvolveTrainer.new()
	idle.name = "EvolveTrainer"
	idle.process_mode = Node.PROCESS_MODE_DISABLED
	idle.agent_scene = Agent
	idle.input_names = ["a", "b"]
	idle.output_names = ["xor"]
	scene.add_child(idle)
	var drawn: Dictionary[String, int] = {"times": 0}
	scene.draw.connect(func() -> void: drawn["times"] += 1)
	add(scene)
	await frames(2)
	scene.call(&"_on_agent_scored", _played_agent())
	var report := {
		"generation": 4, "best": 3.5, "mean": 2.25, "best_ever": 3.95, "species": [{}, {}]
	}
	scene.call(&"_on_generation_finished", report)
	await frames(2)
	check_equal(scene.get(&"_headline"), "Generation 5")
	check_contains(str(scene.get(&"_figures")), "best 3.500     mean 2.250     species 2")
	var answers: PackedFloat32Array = scene.get_node("Answers").get(&"answers")
	check_equal(answers, PackedFloat32Array([0.25, 0.25, 0.25, 0.25]), "answers shown")
	idle.goal_fitness = 3.9
	scene.call(&"_on_training_finished", "user://evolve/xor.evo")
	check_equal(scene.get(&"_headline"), "Generation 5   solved")
	scene.call(&"_on_training_failed", "a reason")
	await frames(2)
	check(drawn["times"] >= 2, "drawn %d times" % drawn["times"])


func _played_agent() -> EvolveAgent:
	var root := add(Agent.instantiate())
	for case in 4:
		root.call(&"sense")
		root.call(&"act", PackedFloat32Array([0.25]))
	return EvolveAgent.find_in(root)
