class_name EvolveFallbackActivation
extends EvolveFallbackMath
## What a node does with what reaches it: the activation functions by their codes in files and
## frames.

## The functions, by code.
enum Code {
	## x
	IDENTITY = 0,
	## 1 / (1 + e^-x)
	SIGMOID = 1,
	## The hyperbolic tangent.
	TANH = 2,
	## max(0, x)
	RELU = 3,
	## x above 0, 0.01 x below
	LEAKY_RELU = 4,
	## x above 0, e^x - 1 below
	ELU = 5,
	## e^(-x²)
	GAUSSIAN = 6,
	## The sine.
	SINE = 7,
	## |x|
	ABS = 8,
	## 1 above 0, else 0
	STEP = 9,
	## ln(1 + e^x)
	SOFTPLUS = 10,
	## x held to -1..1
	CLAMPED = 11,
	## The sigmoid of 4.9 x: the NEAT paper's.
	STEEP_SIGMOID = 12,
}

## How a node puts its weighted inputs together, by code.
enum Aggregation {
	## Their sum.
	SUM = 0,
	## Their product; 1 without inputs.
	PRODUCT = 1,
	## The largest; 0 without inputs.
	MAX = 2,
	## Their mean; 0 without inputs.
	MEAN = 3,
}

# 0.01 as a 32-bit number.
const _LEAK := 5368709.0 / 536870912.0
# 4.9 as a 32-bit number.
const _STEEPNESS := 10276045.0 / 2097152.0


## The function's value for a 32-bit number.
func apply(code: int, x: float) -> float:
	# First what new nodes have, so that most calls end here.
	if code == Code.STEEP_SIGMOID:
		_slot[0] = _STEEPNESS * x
		return sigmoid(_slot[0])
	if code < Code.GAUSSIAN:
		return _apply_low(code, x)
	return _apply_high(code, x)


func _apply_low(code: int, x: float) -> float:
	match code:
		Code.SIGMOID:
			x = sigmoid(x)
		Code.TANH:
			x = hyperbolic_tangent(x)
		Code.RELU:
			x = x if x > 0.0 else 0.0
		Code.LEAKY_RELU:
			x = x if x > 0.0 else rounded(_LEAK * x)
		Code.ELU:
			x = x if x > 0.0 else rounded(exponential(x) - 1.0)
	return x


func _apply_high(code: int, x: float) -> float:
	match code:
		Code.GAUSSIAN:
			x = exponential(-rounded(x * x))
		Code.SINE:
			x = sine(x)
		Code.ABS:
			x = absf(x)
		Code.STEP:
			x = 1.0 if x > 0.0 else 0.0
		Code.SOFTPLUS:
			x = softplus(x)
		Code.CLAMPED:
			x = clampf(x, -1.0, 1.0)
	return x
