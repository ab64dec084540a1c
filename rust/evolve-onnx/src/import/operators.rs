//! What each operator does to a chain of layers.

use super::chain::{Chain, Passing};
use super::graph::{Node, Tensor};
use crate::error::OnnxError;
use evolve_core::activation::Activation;
use evolve_core::network::VALUE_LIMIT;
use evolve_core::policy::Layer;

/// What `LeakyRelu` multiplies negative numbers with, here and by default in ONNX and torch.
const LEAK: f32 = 0.01;

/// Take one operator into the chain, or say why not.
pub(super) fn add(chain: &mut Chain, node: &Node, current: &str) -> Result<(), OnnxError> {
    let plain = |activation| Some(activation);
    let function = match node.operator {
        "Relu" => plain(Activation::Relu),
        "Sigmoid" => plain(Activation::Sigmoid),
        "Tanh" => plain(Activation::Tanh),
        "Softplus" => plain(Activation::Softplus),
        "Sin" => plain(Activation::Sine),
        "Abs" => plain(Activation::Abs),
        "LeakyRelu" => told(node, "alpha", LEAK, Activation::LeakyRelu)?,
        "Elu" => told(node, "alpha", 1.0, Activation::Elu)?,
        "Clip" => clip(chain, node)?,
        _ => None,
    };
    if let Some(activation) = function {
        return chain.apply(activation, node.operator);
    }
    match node.operator {
        "Identity" | "Dropout" | "Clip" => Ok(()),
        "Gemm" => gemm(chain, node),
        "MatMul" => mat_mul(chain, node),
        "Add" => add_bias(chain, node, current),
        "Conv" => convolve(chain, node),
        "Flatten" => flatten(chain, node),
        "Reshape" => reshape(chain, node),
        other => Err(OnnxError::unsupported(format!("the operator {other}"))),
    }
}

/// A function whose attribute must have the value that ours has, which is the default too.
fn told(
    node: &Node,
    name: &str,
    value: f32,
    activation: Activation,
) -> Result<Option<Activation>, OnnxError> {
    let default = if node.operator == "LeakyRelu" { LEAK } else { 1.0 };
    let found = node.attributes.get(name).map_or(default, |attribute| attribute.float);
    if (found - value).abs() <= 1e-7 {
        return Ok(Some(activation));
    }
    Err(OnnxError::unsupported(format!("{} with {name} {found} instead of {value}", node.operator)))
}

/// To ±1 it is a function of ours; to ±1e9 it is what every policy does.
fn clip(chain: &Chain, node: &Node) -> Result<Option<Activation>, OnnxError> {
    let end = |place: usize, name: &str| match node.inputs.get(place).filter(|name| !name.is_empty()) {
        Some(name) => chain.constant(name, "Clip").map(|tensor| tensor.floats.first().copied()),
        None => Ok(node.attributes.get(name).map(|attribute| attribute.float)),
    };
    match (end(1, "min")?, end(2, "max")?) {
        (Some(-1.0), Some(1.0)) => Ok(Some(Activation::Clamped)),
        (Some(least), Some(most)) if (least, most) == (-VALUE_LIMIT, VALUE_LIMIT) => Ok(None),
        _ => Err(OnnxError::unsupported("Clip to other limits than -1 and 1".into())),
    }
}

fn gemm(chain: &mut Chain, node: &Node) -> Result<(), OnnxError> {
    let factor = |name| node.attributes.get(name).map_or(1.0, |attribute| attribute.float);
    let flag = |name| node.attributes.get(name).map_or(0, |attribute| attribute.int);
    if factor("alpha") != 1.0 || factor("beta") != 1.0 || flag("transA") != 0 {
        return Err(OnnxError::unsupported("Gemm with alpha, beta or transA".into()));
    }
    let weight = chain.constant(input(node, 1)?, "Gemm")?;
    let [rows, columns] = table(weight, "Gemm")?;
    let turned = flag("transB") != 0;
    let (inputs, outputs) = if turned { (columns, rows) } else { (rows, columns) };
    let weight = if turned { weight.floats.clone() } else { transposed(&weight.floats, columns) };
    let bias = match node.inputs.get(2).filter(|name| !name.is_empty()) {
        Some(name) => spread(chain.constant(name, "Gemm")?, outputs)?,
        None => vec![0.0; outputs],
    };
    flat(chain, "Gemm")?;
    chain.push(Layer::Dense { inputs, outputs, activation: Activation::Identity }, weight, bias)
}

fn mat_mul(chain: &mut Chain, node: &Node) -> Result<(), OnnxError> {
    let weight = chain.constant(input(node, 1)?, "MatMul")?;
    let [inputs, outputs] = table(weight, "MatMul")?;
    let weight = transposed(&weight.floats, outputs);
    flat(chain, "MatMul")?;
    chain.push(Layer::Dense { inputs, outputs, activation: Activation::Identity }, weight, vec![0.0; outputs])
}

fn add_bias(chain: &mut Chain, node: &Node, current: &str) -> Result<(), OnnxError> {
    let name = if input(node, 0)? == current { input(node, 1)? } else { input(node, 0)? };
    let (Passing::Numbers(count), true) = (chain.passing, chain.is_open) else {
        return Err(OnnxError::unsupported("Add that does not follow a MatMul or Gemm".into()));
    };
    let more = spread(chain.constant(name, "Add")?, count)?;
    if let Some((_, bias)) = chain.weights.last_mut() {
        bias.iter_mut().zip(more).for_each(|(bias, more)| *bias += more);
    }
    Ok(())
}

fn convolve(chain: &mut Chain, node: &Node) -> Result<(), OnnxError> {
    let Passing::Image([channels, height, width]) = chain.passing else {
        return Err(OnnxError::unsupported("Conv of something that is no image".into()));
    };
    let weight = chain.constant(input(node, 1)?, "Conv")?;
    let [outputs, channels_read, high, wide] = weight.sides[..] else {
        return Err(OnnxError::unsupported("Conv of other than two dimensions".into()));
    };
    let kernels = weight.sides.iter().try_fold(1usize, |product, &side| product.checked_mul(side));
    if weight.floats.is_empty() || kernels != Some(weight.floats.len()) {
        return Err(OnnxError::unsupported("Conv with kernels that are no float32".into()));
    }
    let group = node.attributes.get("group").map_or(1, |attribute| attribute.int);
    let mode = node.attributes.get("auto_pad").map_or("NOTSET", |attribute| attribute.text);
    let [up, left, down, right] = sides(node, "pads", [0; 4])?;
    if group != 1
        || sides(node, "dilations", [1; 2])? != [1, 1]
        || (up, left) != (down, right)
        || !matches!(mode, "NOTSET" | "VALID")
        || channels_read != channels
        || sides(node, "kernel_shape", [high, wide])? != [high, wide]
    {
        return Err(OnnxError::unsupported("Conv with groups, dilations, auto_pad or unequal pads".into()));
    }
    let layer = Layer::Convolution {
        channels,
        size: [height, width],
        outputs,
        kernel: [high, wide],
        stride: sides(node, "strides", [1; 2])?,
        padding: [up, left],
        activation: Activation::Identity,
    };
    let bias = match node.inputs.get(2).filter(|name| !name.is_empty()) {
        Some(name) => spread(chain.constant(name, "Conv")?, outputs)?,
        None => vec![0.0; outputs],
    };
    let weight = weight.floats.clone();
    chain.push(layer, weight, bias)
}

fn flatten(chain: &mut Chain, node: &Node) -> Result<(), OnnxError> {
    if node.attributes.get("axis").is_some_and(|attribute| attribute.int != 1) {
        return Err(OnnxError::unsupported("Flatten with another axis than 1".into()));
    }
    let count = chain.passing.count().ok_or_else(|| OnnxError::malformed("an image is too large"))?;
    chain.passing = Passing::Numbers(count);
    Ok(())
}

/// To rows of numbers, or to images.
fn reshape(chain: &mut Chain, node: &Node) -> Result<(), OnnxError> {
    let wrong = || OnnxError::unsupported("Reshape to other than rows of numbers or images".into());
    let count = chain.passing.count().ok_or_else(wrong)?;
    let to = &chain.constant(input(node, 1)?, "Reshape")?.ints;
    let known: Vec<usize> = to.iter().skip(1).map(|&side| usize::try_from(side).unwrap_or(0)).collect();
    chain.passing = match known[..] {
        [columns] if columns == count || to[1] == -1 => Passing::Numbers(count),
        [channels, height, width] if Passing::Image([channels, height, width]).count() == Some(count) => {
            Passing::Image([channels, height, width])
        }
        _ => return Err(wrong()),
    };
    Ok(())
}

/// Dense layers read rows: an image has to be flattened first, as ONNX has it too.
fn flat(chain: &Chain, operator: &str) -> Result<(), OnnxError> {
    match chain.passing {
        Passing::Numbers(_) => Ok(()),
        Passing::Image(_) => {
            Err(OnnxError::unsupported(format!("{operator} of an image that is not flattened")))
        }
    }
}

fn input<'a>(node: &Node<'a>, place: usize) -> Result<&'a str, OnnxError> {
    let problem = || OnnxError::malformed(&format!("{} has too few inputs", node.operator));
    node.inputs.get(place).copied().ok_or_else(problem)
}

fn table(tensor: &Tensor, operator: &str) -> Result<[usize; 2], OnnxError> {
    match tensor.sides[..] {
        [rows, columns]
            if rows > 0 && rows.checked_mul(columns) == Some(tensor.floats.len()) && columns > 0 =>
        {
            Ok([rows, columns])
        }
        _ => Err(OnnxError::unsupported(format!("{operator} with weights that are no table of float32"))),
    }
}

/// A bias of one number for all, or of one for each.
fn spread(tensor: &Tensor, count: usize) -> Result<Vec<f32>, OnnxError> {
    match tensor.floats[..] {
        // A layer has no more outputs than weights, so this takes no more than the file does.
        [one] => Ok(vec![one; count]),
        _ if tensor.floats.len() == count => Ok(tensor.floats.clone()),
        _ => Err(OnnxError::unsupported(format!("a bias of sides {:?} for {count} numbers", tensor.sides))),
    }
}

fn sides<const N: usize>(node: &Node, name: &str, default: [usize; N]) -> Result<[usize; N], OnnxError> {
    let Some(attribute) = node.attributes.get(name) else { return Ok(default) };
    let known: Option<Vec<usize>> = attribute.ints.iter().map(|&side| usize::try_from(side).ok()).collect();
    let fitting = known.and_then(|known| <[usize; N]>::try_from(known).ok());
    fitting
        .ok_or_else(|| OnnxError::unsupported(format!("{} with {name} {:?}", node.operator, attribute.ints)))
}

/// A table of so many columns, column after column.
fn transposed(table: &[f32], columns: usize) -> Vec<f32> {
    (0..columns).flat_map(|column| table.iter().skip(column).step_by(columns.max(1)).copied()).collect()
}
