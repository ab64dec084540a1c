extends Node2D
## A cart on a rail with a pole hinged to it: keep the pole up, and bring it to the flag.
##
## Cart and pole are ordinary rigid bodies, the rail is a groove joint and the hinge a pin joint.
## The brain only decides how hard the cart is pushed.

## The push at full output, in the engine's units of force.
const FORCE := 900.0
## A pole that leans further than this has fallen.
const FALLEN := 1.0
## What is much of each sense. Around 1 a network notices best; a lean of 1 would be too late.
const FAR := 150.0
const FAST := 200.0
const ASLANT := 0.4
const FAST_TURN := 2.0

const CART := Color(0.45, 0.68, 1.0)
const POLE := Color(1.0, 0.75, 0.3)

# The scene around the agent, in training and in a game alike.
var _track: CartpoleTrack

@onready var _agent: EvolveAgent = $EvolveAgent
@onready var _cart: RigidBody2D = $Cart
@onready var _pole: RigidBody2D = $Pole


## Before the first tick: somewhere on the rail, with the pole a little aslant.
func begin(_episode_seed: int) -> void:
	_track = get_parent() as CartpoleTrack
	var shift := Vector2(_agent.random.randf_range(-160.0, 160.0), 0.0)
	var lean := _agent.random.randf_range(-0.2, 0.2)
	var hinge := _cart.position
	# The pole turns around the hinge, not around its own middle.
	_pole.position = hinge + (_pole.position - hinge).rotated(lean) + shift
	_pole.rotation = lean
	_cart.position += shift


## Where the flag is, how fast the cart is, how the pole leans, and how fast it falls. A flag beyond
## FAR looks no further away, so that nobody rushes off and drops the pole.
func sense() -> PackedFloat32Array:
	return PackedFloat32Array(
		[
			clampf((_track.flag_x - _cart.position.x) / FAR, -1.0, 1.0),
			_cart.linear_velocity.x / FAST,
			_pole.rotation / ASLANT,
			_pole.angular_velocity / FAST_TURN,
		]
	)


## Pushes the cart; every tick that the pole stands earns a part of a second, all of it at the flag.
func act(outputs: PackedFloat32Array) -> void:
	_cart.apply_central_force(Vector2(FORCE * EvolveActions.signed(outputs[0]), 0.0))
	var distance := absf(_track.flag_x - _cart.position.x)
	_agent.add_fitness((0.2 + 0.8 * maxf(0.0, 1.0 - distance / 200.0)) / 60.0)
	if absf(_pole.rotation) > FALLEN or not _track.holds(_cart.position.x):
		_agent.finish()


func _process(_delta: float) -> void:
	queue_redraw()


func _draw() -> void:
	draw_rect(Rect2(_cart.position - Vector2(36, 14), Vector2(72, 28)), CART)
	var along := Vector2(0, 80).rotated(_pole.rotation)
	draw_line(_pole.position - along, _pole.position + along, POLE, 10.0, true)
	draw_circle(_pole.position - along, 5.0, POLE, true, -1.0, true)
	draw_circle(_pole.position + along, 5.0, Color.WHITE, true, -1.0, true)
