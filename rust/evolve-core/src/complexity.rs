//! Phases of growth and of simplification, so that genomes stay as small as their task allows.
//!
//! While growing, the configuration's rates hold. When the mean number of genes has risen by the allowance,
//! nothing is added any more and connections are deleted, until the mean stops falling; from there
//! genomes may grow again (Green's phased search, as `SharpNEAT` has it).

use crate::config::{ComplexityConfig, MutationConfig};
use crate::genome::Genome;
use std::sync::Arc;

/// Where a population stands between growing and simplifying.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Phase {
    /// True while genes are only deleted.
    pub simplifying: bool,
    /// The mean number of genes when growth last began.
    pub floor: f64,
    /// The lowest mean of the present simplification.
    pub lowest: f64,
    /// The generation of that lowest mean.
    pub fell: u32,
}

impl Phase {
    /// The first phase of a run: growth, from what the first generation has.
    pub fn initial(genomes: &[Arc<Genome>]) -> Self {
        Self { simplifying: false, floor: mean_genes(genomes), lowest: 0.0, fell: 0 }
    }

    /// The phase in which the next generation is made from this one.
    pub fn advance(&mut self, genomes: &[Arc<Genome>], generation: u32, config: &ComplexityConfig) {
        if config.allowance == 0.0 {
            return;
        }
        let mean = mean_genes(genomes);
        if !self.simplifying {
            if mean > self.floor + config.allowance {
                (self.simplifying, self.lowest, self.fell) = (true, mean, generation);
            }
        } else if mean < self.lowest {
            (self.lowest, self.fell) = (mean, generation);
        } else if generation - self.fell >= config.patience {
            (self.simplifying, self.floor) = (false, mean);
        }
    }

    /// The rates of this phase.
    pub fn rates(&self, rates: &MutationConfig, config: &ComplexityConfig) -> MutationConfig {
        if !self.simplifying {
            return rates.clone();
        }
        MutationConfig {
            add_connection_rate: 0.0,
            add_node_rate: 0.0,
            delete_connection_rate: rates.delete_connection_rate.max(config.deletion_rate),
            ..rates.clone()
        }
    }
}

/// How large a genome is: connections, disabled ones too, and hidden nodes.
pub(crate) fn genes(genome: &Genome) -> usize {
    genome.connections.len() + genome.hidden()
}

fn mean_genes(genomes: &[Arc<Genome>]) -> f64 {
    genomes.iter().map(|genome| genes(genome)).sum::<usize>() as f64 / genomes.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::GenomeConfig;
    use crate::random::{Purpose, Stream};

    fn genomes(inputs: usize) -> Vec<Arc<Genome>> {
        let mut random = Stream::new(1, 0, 0, 0, Purpose::User);
        let genome = Arc::new(Genome::initial(inputs, 1, &GenomeConfig::default(), &mut random));
        std::iter::repeat_n(genome, 3).collect()
    }

    #[test]
    fn growth_past_the_allowance_is_simplified_until_it_stops_falling() {
        let config = ComplexityConfig { allowance: 2.0, patience: 2, ..Default::default() };
        let mut phase = Phase::initial(&genomes(3));
        let mut at = |inputs, generation| {
            phase.advance(&genomes(inputs), generation, &config);
            (phase.simplifying, phase.floor)
        };
        assert_eq!(at(5, 0), (false, 3.0));
        assert_eq!(at(6, 1), (true, 3.0));
        assert_eq!(at(5, 2), (true, 3.0));
        assert_eq!(at(5, 3), (true, 3.0));
        assert_eq!(at(5, 4), (false, 5.0));
        assert_eq!(at(7, 5), (false, 5.0));
        assert_eq!(at(8, 6), (true, 5.0));
    }

    #[test]
    fn without_an_allowance_genomes_grow_for_ever() {
        let mut phase = Phase::initial(&genomes(1));
        phase.advance(&genomes(900), 1, &ComplexityConfig::default());
        assert!(!phase.simplifying);
    }

    #[test]
    fn while_simplifying_nothing_is_added_and_connections_go() {
        let phase = Phase { simplifying: true, ..Phase::default() };
        let rates = phase.rates(&MutationConfig::default(), &ComplexityConfig::default());
        assert_eq!((rates.add_node_rate, rates.add_connection_rate), (0.0, 0.0));
        assert_eq!(rates.delete_connection_rate, 0.3);
        let growing = Phase::default().rates(&MutationConfig::default(), &ComplexityConfig::default());
        assert_eq!(growing, MutationConfig::default());
    }
}
