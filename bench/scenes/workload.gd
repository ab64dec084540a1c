extends RefCounted
## What a trainer's scene plays: its settings, and how to build the arena and agent of an episode
## with as little code as there can be. For arenas of one agent each.

const RUN_SEED := 7

## The run that the trainer asks for, with as many agents as the bench wants.
var settings: EvolveRunSettings
## Ticks after which an episode ends in any case.
var episode_ticks: int
## How many numbers an agent senses, and how many it is given.
var widths: Vector2i

var _arenas: EvolveArenas
# The arena that all share, as long as somebody plays in it, and how many do.
var _shared: Node
var _playing := 0


## [param below] is the node that arenas come to life under.
func _init(scene_path: String, agents: int, below: Node) -> void:
	var scene: PackedScene = load(scene_path)
	var root := scene.instantiate()
	var trainer := find_trainer(root)
	trainer.population_size = agents
	trainer.parallel_episodes = agents
	# All play side by side, and a lap is one episode of each.
	trainer.repeats = 1
	episode_ticks = trainer.episode_ticks
	widths = Vector2i(trainer.input_names.size(), trainer.output_names.size())
	settings = trainer.make_settings()
	_arenas = settings.arenas
	_arenas.parent = below
	root.free()


## A run at its beginning.
func evolution() -> RefCounted:
	return EvolveNative.create_evolution(settings.config_json(), RUN_SEED)


## Builds the nodes that training would build. [param clock] counts the agent's ticks.
func build(episode_seed: int, clock: EvolveTickCount) -> EvolveAgent:
	var arena := _enter(episode_seed)
	var root := _arenas.agent_scenes[0].instantiate()
	var agent := EvolveAgent.find_in(root)
	agent.prepare(episode_seed, 0, clock)
	agent.companions = [agent] as Array[EvolveAgent]
	agent.arena = arena if _arenas.arena_scene != null else null
	arena.add_child(root)
	agent.begin_episode()
	EvolveArenas.settle(root)
	return agent


## Frees what [method build] built.
func leave(agent: EvolveAgent) -> void:
	_playing -= 1
	if _arenas.isolated:
		agent.get_viewport().queue_free()
		return
	_root_of(agent).queue_free()
	if _playing == 0 and _arenas.arena_scene != null:
		_shared.queue_free()


func _enter(episode_seed: int) -> Node:
	_playing += 1
	if _arenas.isolated:
		var viewport := _build_viewport()
		_arenas.parent.add_child(viewport)
		return _build_arena(viewport, episode_seed)
	if _playing == 1:
		_shared = _build_arena(_arenas.parent, episode_seed)
	return _shared


# What agents are put below.
func _build_arena(below: Node, episode_seed: int) -> Node:
	if _arenas.arena_scene == null:
		return below
	var root := _arenas.arena_scene.instantiate()
	below.add_child(root)
	if root.has_method(&"arrange"):
		var random := RandomNumberGenerator.new()
		random.seed = EvolveArenas.chance(episode_seed, EvolveArenas.CHANCE_PLACE)
		root.call(&"arrange", random)
		EvolveArenas.settle(root)
	return root


func _root_of(agent: EvolveAgent) -> Node:
	var root: Node = agent
	while root.get_parent() != _shared:
		root = root.get_parent()
	return root


# As EvolveArenas makes it.
func _build_viewport() -> SubViewport:
	var viewport := SubViewport.new()
	viewport.own_world_3d = true
	viewport.render_target_update_mode = SubViewport.UPDATE_DISABLED
	viewport.gui_disable_input = true
	viewport.size = Vector2i(2, 2)
	viewport.size_2d_override = EvolveArenas.window_size()
	viewport.size_2d_override_stretch = true
	return viewport


## The first trainer in a scene that was instantiated.
static func find_trainer(node: Node) -> EvolveTrainer:
	if node is EvolveTrainer:
		return node as EvolveTrainer
	for child in node.get_children():
		var found := find_trainer(child)
		if found != null:
			return found
	return null
