extends "res://demos/hunters/creature.gd"
## Slower than the hunters, but nimble. It need not outrun a hunter, it has to outlive its fellows:
## its score is how many seconds longer than they it lives.
##
## With the bare seconds the best ever would be a prey of the first generation, whose hunters caught
## nobody. Compared with its fellows, who met the very same hunters, it has to show something.


## A hunter got it.
func be_caught() -> void:
	is_out = true
	hide()
	_agent.finish()


## Lies still once it is caught, for the rest of the tick in which that happened.
func act(outputs: PackedFloat32Array) -> void:
	if not is_out:
		super(outputs)


func conclude() -> void:
	var others := 0.0
	for fellow in fellows:
		others += fellow.lived()
	_agent.fitness = lived() - others / maxi(fellows.size(), 1)
