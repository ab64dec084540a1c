@tool
class_name EvolvePlotPainter
extends RefCounted
## What an [EvolvePlot] asks of each of its modes. Painters hold what is plotted and draw it into a
## frame; where the frame is and when it is drawn is the plot's matter.

## Stands for nothing under the mouse.
const NOTHING: Dictionary = {}


## Whether there is nothing to plot yet.
func is_empty() -> bool:
	return true


## Axes for a plot of this size, not yet set into it.
func frame(_size: Vector2) -> EvolvePlotFrame:
	return EvolvePlotFrame.new()


## Draws everything between the axes.
func paint(_canvas: CanvasItem, _frame: EvolvePlotFrame, _look: EvolvePlotLook) -> void:
	pass


## The colours of the legend by their texts, in order.
func legend(_look: EvolvePlotLook) -> Dictionary[String, Color]:
	return {}


## What is under the mouse: [code]lines[/code] of text and the pixel [code]at[/code] which it is;
## [code]guide[/code], whether a line goes down there; [code]place[/code] of what is meant.
## [constant NOTHING] where there is nothing.
func read(_frame: EvolvePlotFrame, _mouse: Vector2) -> Dictionary:
	return NOTHING
