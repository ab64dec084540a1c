//! What a population does with all of its genomes at once, on plain slices and on every core.

use crate::brain::{Brain, check_observations};
use crate::genome::stream;
use evolve_core::config::{Config, MAX_SIZE};
use evolve_core::genome::{Genome, MutationScratch, crossover, crossover_into, mutate_with};
use evolve_core::work::{GenomeEntry, PopulationShape};
use evolve_format::{decode_population, encode_population};
use rayon::prelude::*;
use std::sync::Arc;

/// Fewer genomes are done sooner by one thread than others are woken: with 167 of them and two busy cores a
/// generation took 650 us with threads and 420 without.
const WORTH_THREADS: usize = 512;
/// The fewest that a thread takes at a time.
const SHARE: usize = WORTH_THREADS / 2;

/// Genomes with the same inputs and outputs, and the settings they are bred with.
#[derive(Clone)]
pub struct Members {
    shape: PopulationShape,
    genomes: Vec<Arc<Genome>>,
    config: Config,
    brains: Brains,
    /// The last generation, in whose memory the next one is made.
    dead: Dead,
}

/// Compiled at the first thought, forgotten at every change; never copied along.
#[derive(Default)]
struct Brains(Vec<Brain>);

impl Clone for Brains {
    fn clone(&self) -> Self {
        Self::default()
    }
}

/// Memory; never copied along.
#[derive(Default)]
struct Dead(Vec<Arc<Genome>>);

impl Clone for Dead {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Members {
    pub fn initial(size: usize, (inputs, outputs): (usize, usize), seed: i64, config: Config) -> Self {
        let genes = &config.genome;
        let genome = |index: u32| Arc::new(Genome::initial(inputs, outputs, genes, &mut stream(seed, index)));
        let genomes: Vec<Arc<Genome>> = (0..size as u32).map(genome).collect();
        let shape = population_shape(&genomes[0], genes.recurrent);
        Self { shape, genomes, config, brains: Brains::default(), dead: Dead::default() }
    }

    /// Genomes that hold together, or why they don't.
    pub fn of(genomes: Vec<Arc<Genome>>, recurrent: bool, config: Config) -> Result<Self, String> {
        let first = genomes.first().ok_or("genomes is empty, but must hold at least one")?;
        let shape = population_shape(first, recurrent || config.genome.recurrent);
        let members = Self { shape, genomes, config, brains: Brains::default(), dead: Dead::default() };
        for (place, genome) in members.genomes.iter().enumerate() {
            members.check_terminals(genome).map_err(|problem| format!("genomes[{place}] {problem}"))?;
        }
        Ok(members)
    }

    fn with(&self, genomes: Vec<Arc<Genome>>) -> Self {
        let (shape, config) = (self.shape.clone(), self.config.clone());
        Self { shape, genomes, config, brains: Brains::default(), dead: Dead::default() }
    }

    fn check_terminals(&self, genome: &Genome) -> Result<(), String> {
        let (found, expected) = ((genome.inputs(), genome.outputs()), (self.inputs(), self.outputs()));
        if found == expected {
            return Ok(());
        }
        let words = |(inputs, outputs)| format!("{inputs} inputs and {outputs} outputs");
        Err(format!("has {}, where {} are expected", words(found), words(expected)))
    }

    pub fn decode(bytes: &[u8], config: Config) -> Result<Self, String> {
        let (mut shapes, entries) = decode_population(bytes).map_err(|error| error.to_string())?;
        if shapes.len() != 1 || entries.is_empty() {
            let (populations, genomes) = (shapes.len(), entries.len());
            return Err(format!(
                "it holds {populations} populations with {genomes} genomes, but must hold one with some"
            ));
        }
        let mut shape = shapes.swap_remove(0);
        shape.recurrent |= config.genome.recurrent;
        let genomes = entries.into_iter().map(|entry| entry.genome).collect();
        Ok(Self { shape, genomes, config, brains: Brains::default(), dead: Dead::default() })
    }

    pub fn encode(&self) -> Vec<u8> {
        let genomes = self.genomes.iter().enumerate();
        let entry = |(index, genome): (usize, &Arc<Genome>)| GenomeEntry {
            population: 0,
            index,
            genome: Arc::clone(genome),
        };
        encode_population(std::slice::from_ref(&self.shape), &genomes.map(entry).collect::<Vec<_>>())
    }

    pub fn genomes(&self) -> &[Arc<Genome>] {
        &self.genomes
    }

    pub fn inputs(&self) -> usize {
        self.shape.inputs.len()
    }

    pub fn outputs(&self) -> usize {
        self.shape.outputs.len()
    }

    pub fn is_recurrent(&self) -> bool {
        self.shape.recurrent
    }

    /// A place where somebody stands, or why it is none.
    pub fn place(&self, what: &str, place: i64) -> Result<usize, String> {
        let size = self.genomes.len();
        let found = usize::try_from(place).ok().filter(|&place| place < size);
        found.ok_or_else(|| format!("{what} is {place}, but must be from 0 to {}", size - 1))
    }

    fn places(&self, what: &str, places: &[i32]) -> Result<Vec<usize>, String> {
        if places.is_empty() || places.len() > MAX_SIZE {
            return Err(format!("{what} has {} places, but must have 1 to {MAX_SIZE}", places.len()));
        }
        let named = |(at, &place): (usize, &i32)| self.place(&format!("{what}[{at}]"), i64::from(place));
        places.iter().enumerate().map(named).collect()
    }

    pub fn think(&mut self, observations: &[f32]) -> Result<Vec<f32>, String> {
        let (inputs, outputs) = (self.inputs(), self.outputs());
        check_observations(self.genomes.len(), inputs, observations)?;
        self.compile();
        let mut actions = vec![0.0; self.genomes.len() * outputs];
        let brains = &mut self.brains.0;
        let work = |((brain, seen), acted): ((&mut Brain, &[f32]), &mut [f32])| brain.think(seen, acted);
        if brains.len() < WORTH_THREADS {
            let rows = brains.iter_mut().zip(observations.chunks_exact(inputs));
            rows.zip(actions.chunks_exact_mut(outputs)).for_each(work);
        } else {
            let rows = brains.par_iter_mut().zip(observations.par_chunks_exact(inputs));
            let rows = rows.zip(actions.par_chunks_exact_mut(outputs));
            rows.with_min_len(SHARE).for_each(work);
        }
        Ok(actions)
    }

    fn compile(&mut self) {
        if self.brains.0.is_empty() {
            let recurrent = self.shape.recurrent;
            self.brains.0 = self.genomes.iter().map(|genome| Brain::of(genome, recurrent)).collect();
        }
    }

    pub fn reset(&mut self) {
        self.brains.0.iter_mut().for_each(Brain::reset);
    }

    pub fn mutate(&mut self, seed: i64) {
        let config = &self.config;
        for_each(&mut self.genomes, |scratch, index, genome| {
            let random = &mut stream(seed, index as u32);
            mutate_with(scratch, Arc::make_mut(genome), &config.genome, &config.mutation, random);
        });
        self.brains.0.clear();
    }

    /// Copies of the elites, then a mutated child of each pair, take the place of all members.
    pub fn breed(&mut self, elites: &[i32], first: &[i32], second: &[i32], seed: i64) -> Result<(), String> {
        let elites = if elites.is_empty() { Vec::new() } else { self.places("elites", elites)? };
        let pairs = self.pairs(first, second)?;
        let mut next = std::mem::take(&mut self.dead.0);
        next.resize_with(elites.len() + pairs.len(), Arc::default);
        let (config, genomes) = (&self.config, &self.genomes);
        for_each(&mut next, |scratch, place, genome| {
            let Some(index) = place.checked_sub(elites.len()) else {
                return genome.clone_from(&genomes[elites[place]]);
            };
            let (first, second) = pairs[index];
            let random = &mut stream(seed, index as u32);
            let child = owned(genome);
            crossover_into(child, &genomes[first], &genomes[second], &config.reproduction, random);
            mutate_with(scratch, child, &config.genome, &config.mutation, random);
        });
        self.dead.0 = std::mem::replace(&mut self.genomes, next);
        self.brains.0.clear();
        Ok(())
    }

    fn pairs(&self, first: &[i32], second: &[i32]) -> Result<Vec<(usize, usize)>, String> {
        if first.len() != second.len() {
            let (expected, given) = (first.len(), second.len());
            return Err(format!(
                "second has {given} places, but must have {expected}, one for each of first"
            ));
        }
        let (first, second) = (self.places("first", first)?, self.places("second", second)?);
        Ok(first.into_iter().zip(second).collect())
    }

    pub fn crossover(&self, first: &[i32], second: &[i32], seed: i64) -> Result<Self, String> {
        let pairs = self.pairs(first, second)?;
        // On one thread: memory that other threads take and this one gives back made 1,000 children take 2.7 ms
        // instead of 1.6.
        let child = |(index, &(first, second)): (usize, &(usize, usize))| {
            let (first, second) = (&self.genomes[first], &self.genomes[second]);
            Arc::new(crossover(first, second, &self.config.reproduction, &mut stream(seed, index as u32)))
        };
        Ok(self.with(pairs.iter().enumerate().map(child).collect()))
    }

    pub fn pick(&self, places: &[i32]) -> Result<Self, String> {
        let places = self.places("places", places)?;
        Ok(self.with(places.into_iter().map(|place| Arc::clone(&self.genomes[place])).collect()))
    }

    pub fn append(&mut self, other: &Self) -> Result<(), String> {
        self.check_terminals(&other.genomes[0]).map_err(|problem| format!("other {problem}"))?;
        if self.genomes.len() + other.genomes.len() > MAX_SIZE {
            return Err(format!("there would be more than {MAX_SIZE} members"));
        }
        self.shape.recurrent |= other.shape.recurrent;
        self.genomes.extend_from_slice(&other.genomes);
        self.brains.0.clear();
        Ok(())
    }
}

/// A genome to be written over: its own memory, unless somebody else still looks at it.
fn owned(genome: &mut Arc<Genome>) -> &mut Genome {
    if Arc::get_mut(genome).is_none() {
        *genome = Arc::default();
    }
    // Nobody else looks at it now, so nothing is copied.
    Arc::make_mut(genome)
}

fn for_each(
    genomes: &mut [Arc<Genome>],
    work: impl Fn(&mut MutationScratch, usize, &mut Arc<Genome>) + Sync + Send,
) {
    if genomes.len() < WORTH_THREADS {
        let mut scratch = MutationScratch::default();
        return genomes.iter_mut().enumerate().for_each(|(index, genome)| work(&mut scratch, index, genome));
    }
    let all = genomes.par_iter_mut().enumerate().with_min_len(SHARE);
    all.for_each_init(MutationScratch::default, |scratch, (index, genome)| work(scratch, index, genome));
}

/// What a genome's population looks like from outside, with plain names.
pub fn population_shape(genome: &Genome, recurrent: bool) -> PopulationShape {
    let names = |kind: &str, count: usize| (0..count).map(|place| format!("{kind}_{place}")).collect();
    PopulationShape {
        name: "main".into(),
        inputs: names("input", genome.inputs()),
        outputs: names("output", genome.outputs()),
        recurrent,
    }
}
