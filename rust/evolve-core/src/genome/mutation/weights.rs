//! Weights and biases: mostly nudged, now and then drawn anew.

use crate::config::{GenomeConfig, MutationConfig};
use crate::genome::Genome;
use crate::random::Stream;

pub(super) fn weights(
    genome: &mut Genome,
    genes: &GenomeConfig,
    rates: &MutationConfig,
    random: &mut Stream,
) {
    let weights = &mut genome.connections.weight;
    weights.iter_mut().for_each(|weight| *weight = changed(*weight, genes, rates, random));
}

pub(super) fn biases(genome: &mut Genome, genes: &GenomeConfig, rates: &MutationConfig, random: &mut Stream) {
    let first = genome.inputs();
    let biases = &mut genome.nodes.bias[first..];
    biases.iter_mut().for_each(|bias| *bias = changed(*bias, genes, rates, random));
}

fn changed(value: f32, genes: &GenomeConfig, rates: &MutationConfig, random: &mut Stream) -> f32 {
    if random.chance(rates.replace_rate) {
        return genes.initial_weight(random);
    }
    genes.limited(value + random.normal() * rates.weight_power as f32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Purpose;

    #[test]
    fn every_weight_is_nudged_by_about_the_power_and_inputs_keep_a_bias_of_zero() {
        let genes = GenomeConfig::default();
        let rates = MutationConfig { replace_rate: 0.0, weight_power: 0.5, ..MutationConfig::default() };
        let mut random = Stream::new(1, 0, 0, 0, Purpose::User);
        let mut genome = Genome::initial(20, 20, &genes, &mut random);
        let before = genome.clone();
        weights(&mut genome, &genes, &rates, &mut random);
        biases(&mut genome, &genes, &rates, &mut random);
        let pairs = genome.connections.weight.iter().zip(&before.connections.weight);
        let squares: f32 = pairs.map(|(new, old)| (new - old) * (new - old)).sum();
        let deviation = (squares / 400.0).sqrt();
        assert!((0.45..0.55).contains(&deviation), "{deviation}");
        assert!(genome.nodes.bias[..20].iter().all(|&bias| bias == 0.0));
        assert_ne!(genome.nodes.bias[20..], before.nodes.bias[20..]);
    }

    #[test]
    fn no_nudge_leads_past_the_limit() {
        let genes = GenomeConfig { weight_limit: 1.0, ..GenomeConfig::default() };
        let rates = MutationConfig { weight_power: 1e6, ..MutationConfig::default() };
        let mut random = Stream::new(1, 0, 0, 0, Purpose::User);
        let mut genome = Genome::initial(4, 4, &genes, &mut random);
        weights(&mut genome, &genes, &rates, &mut random);
        assert!(genome.connections.weight.iter().all(|weight| weight.abs() <= 1.0));
    }
}
