//! Writes down how the members of a population that breeds in species come to be.

use super::scores::Scores;
use super::state::Population;
use crate::lineage::{Birth, Made, Origin, Parent};

/// The register of one population's births, in the order of their places in the next generation.
pub(super) struct BirthRegister<'a> {
    pub births: &'a mut Vec<Birth>,
    /// The generation that was scored.
    pub generation: u32,
    /// Where the candidates stood in it; None where they still stand there.
    pub places: Option<&'a [u32]>,
    /// The species of a candidate.
    pub species: &'a dyn Fn(usize) -> u32,
    /// What the candidates were scored.
    pub scores: &'a Scores,
    /// How many were noted.
    pub members: u32,
}

impl BirthRegister<'_> {
    /// Note the next member, a child of these candidates.
    pub fn note(&mut self, made: Made, origin: Origin) {
        self.births.push(Birth {
            made,
            second: origin.second.map(|second| self.parent(second)),
            species: Some((self.species)(origin.first)),
            fitness: Some(self.scores.objectives(origin.first)[0]),
            ..Birth::copy(self.parent(origin.first), self.members)
        });
        self.members += 1;
    }

    fn parent(&self, candidate: usize) -> Parent {
        let member = self.places.map_or(candidate as u32, |places| places[candidate]);
        Parent { generation: self.generation, member }
    }
}

/// Room for the births of a generation, with those of the run's first members where it is the first.
pub(super) fn first_births(population: &Population, generation: u32) -> Vec<Birth> {
    let members = population.genomes.len() as u32;
    let initial = if generation == 0 { members } else { 0 };
    let mut births = Vec::with_capacity((initial + members) as usize);
    births.extend((0..initial).map(Birth::initial));
    births
}
