extends Node3D
## A game with the champion in it: no trainer, one drone, and a course that nobody has flown before.

const Course := preload("res://demos/drone/drone_course.gd")
const Hud := preload("res://demos/shared/hud.gd")
const Drone := preload("res://demos/drone/drone_agent.gd")

## The course; with -1 it is another one each time.
@export var course_seed := -1

@onready var _course: Course = $Course
@onready var _drone: Drone = $Course/Drone
@onready var _hud: Hud = $Hud


func _ready() -> void:
	var random := RandomNumberGenerator.new()
	if course_seed >= 0:
		random.seed = course_seed
	_course.arrange(random)
	_drone.marker_reached.connect(_show_count)
	_show_count()


func _show_count() -> void:
	var markers := "1 marker" if _drone.reached == 1 else "%d markers" % _drone.reached
	_hud.say(markers, "the champion flies by itself")
