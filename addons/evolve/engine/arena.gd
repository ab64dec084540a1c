class_name EvolveArena
extends RefCounted
## The place of one episode: its own world, or its part of the one that all share.
##
## Made by [EvolveArenas]; never knows who plays in it.

## Where the agents are put: the root of the arena's scene, or what stands in for it.
var place: Node
## The root of the arena's scene; [code]null[/code] when there is none.
var scene_root: Node
## What holds the arena's worlds; [code]null[/code] when it is shared.
var viewport: SubViewport


func _init(agents_parent: Node, arena_root: Node, own_viewport: SubViewport) -> void:
	place = agents_parent
	scene_root = arena_root
	viewport = own_viewport
