class_name EvolveTickCount
extends RefCounted
## What a runner shares with its agents: how many ticks it has made, and whether somebody finished.
##
## Agents tell instead of being asked: to ask 200 agents in every tick whether they have finished
## took longer than to run their networks.

## Ticks begun.
var ticks := 0
## Whether an agent finished or left the game since the runner last looked.
var is_changed := false
