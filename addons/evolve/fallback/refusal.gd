class_name EvolveFallbackRefusal
extends RefCounted
## Why calls of the fallback's runs were refused. A harmless value has no room for a reason; it is
## left here for whoever wants to show it, as RustEngine.last_error does.

## Why the last call was refused, in one sentence; empty when none ever was.
static var last := ""


## Reports what was wrong with a call, and goes on.
static func refuse(asker: String, problem: String) -> void:
	push_error("%s: %s" % [asker, problem])
	last = problem
