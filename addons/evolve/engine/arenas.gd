class_name EvolveArenas
extends RefCounted
## Builds the arena of each episode, and frees it: what an [EvolveTrainer] says about scenes.
##
## An isolated arena is a [SubViewport] with a 2D and a 3D world of its own, built anew: bodies that
## are set back instead of built give other bits in every episode. Nothing is drawn of it unless
## somebody turns that on, which changes no result. A shared arena is built for the first episode
## that enters and freed with the last one that leaves. Never steps or scores anything.

## An isolated arena was built, and is about to be filled.
signal built(viewport: SubViewport)

## Tells the arena's chance from that of the agents, which have the places from 0.
const CHANCE_PLACE := -1

## Where arenas, or the agents themselves, come to life.
var parent: Node
## The scene of one agent for each population.
var agent_scenes: Array[PackedScene]
## The scene around the agents; [code]null[/code] for none.
var arena_scene: PackedScene
## Whether every episode has worlds of its own.
var isolated: bool

var _shared: EvolveArena
var _sharing := 0
var _built_count := 0
var _view_size := Vector2i.ZERO


func _init(
	parent_of_all: Node,
	scenes: Array[PackedScene],
	scene_around: PackedScene = null,
	are_isolated: bool = true
) -> void:
	parent = parent_of_all
	agent_scenes = scenes
	arena_scene = scene_around
	isolated = are_isolated
	_view_size = window_size()


## The arena of an episode that begins. Call it from [code]_physics_process[/code] only.
func enter(episode_seed: int) -> EvolveArena:
	if isolated:
		var viewport := _make_viewport()
		parent.add_child(viewport)
		var arena := _build(viewport, episode_seed, viewport)
		built.emit(viewport)
		return arena
	if _sharing == 0:
		_shared = _build(parent, episode_seed, null)
	_sharing += 1
	return _shared


## The episode is over: what was built for it alone is freed.
func leave(arena: EvolveArena) -> void:
	if arena.viewport != null:
		_free(arena.viewport)
		return
	_sharing -= 1
	if _sharing == 0:
		_free(_shared.scene_root)
		_shared = null


## The chance of one part of an episode. [param place] tells the parts apart.
static func chance(episode_seed: int, place: int) -> int:
	# An odd constant (2^64 divided by the golden ratio) keeps the seeds of neighbours far apart.
	return episode_seed ^ (place * -7046029254386353131)


## Tells physics where the bodies from a node downwards are, if they were moved after they entered
## the tree. By itself it learns that at the end of the tick, and rays of the first tick would see
## them where they are no more.
static func settle(node: Node) -> void:
	if node is CollisionObject2D:
		(node as CollisionObject2D).force_update_transform()
	elif node is CollisionObject3D:
		(node as CollisionObject3D).force_update_transform()
	for child in node.get_children():
		settle(child)


## What the game's window measures by the project's settings, whatever it measures now.
static func window_size() -> Vector2i:
	return Vector2i(
		int(ProjectSettings.get_setting("display/window/size/viewport_width")),
		int(ProjectSettings.get_setting("display/window/size/viewport_height"))
	)


func _make_viewport() -> SubViewport:
	var viewport := SubViewport.new()
	# Counted here: to have the engine look for a free name takes longer the more arenas there are.
	_built_count += 1
	viewport.name = "Arena%d" % _built_count
	viewport.own_world_3d = true
	viewport.render_target_update_mode = SubViewport.UPDATE_DISABLED
	viewport.gui_disable_input = true
	# Pixels that nobody sees cost memory; coordinates are the window's, shown or not.
	viewport.size = Vector2i(2, 2)
	viewport.size_2d_override = _view_size
	viewport.size_2d_override_stretch = true
	return viewport


func _build(below: Node, episode_seed: int, viewport: SubViewport) -> EvolveArena:
	if arena_scene == null:
		return EvolveArena.new(below, null, viewport)
	var root := arena_scene.instantiate()
	below.add_child(root, true)
	if root.has_method(&"arrange"):
		var random := RandomNumberGenerator.new()
		random.seed = chance(episode_seed, CHANCE_PLACE)
		root.call(&"arrange", random)
		settle(root)
	return EvolveArena.new(root, root, viewport)


# Freed at the end of the tick: others may still look at it in signals of this one.
func _free(node: Node) -> void:
	if is_instance_valid(node):
		node.queue_free()
