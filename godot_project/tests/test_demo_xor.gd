extends EvolveTest
## XOR's champion, as a game without a trainer has it. What training does is in test_xor_demo.gd.

const GAME := "res://demos/xor/xor_game.tscn"


func test_the_champion_answers_all_four_questions() -> void:
	var game := add((load(GAME) as PackedScene).instantiate())
	await physics_frames(8)
	check_equal(game.get(&"right_answers"), 4, "right answers")
	var answers: PackedFloat32Array = game.get_node("Answers").get(&"answers")
	var targets: PackedFloat32Array = [0.0, 1.0, 1.0, 0.0]
	for case in targets.size():
		check_near(answers[case], targets[case], 0.3, "answer to question %d" % case)
