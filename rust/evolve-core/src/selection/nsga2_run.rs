//! NSGA-II on real vectors as a machine with two calls: *ask* gives rows, *tell* takes their objectives.
//!
//! Parents and offspring share one table, so a generation copies only the survivors. A child that came
//! out as a copy of its parent gets one mutation more, where pymoo breeds again until there is no copy: to
//! evaluate it once more would teach nothing, and equal survivors crowd each other out.

use super::nsga2::Nsga2;
use super::real::{Bounds, Draw, Operator, Polynomial, Sbx};
use super::{Objectives, SelectionError};

/// How the offspring are made.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Nsga2Settings {
    /// The crossover of two parents.
    pub crossover: Sbx,
    /// The mutation of each child.
    pub mutation: Polynomial,
}

/// A run in which all objectives are minimised.
#[derive(Clone, Debug)]
pub struct Nsga2Run {
    lower: Vec<f64>,
    upper: Vec<f64>,
    settings: Nsga2Settings,
    population: usize,
    seed: u64,
    generation: u32,
    /// Survivors, and after the first generation the offspring below them.
    rows: Vec<f64>,
    scores: Vec<f64>,
    objectives: usize,
    spare: Vec<f64>,
    ranks: Vec<u32>,
    distances: Vec<f64>,
    nsga2: Nsga2,
    chosen: Vec<u32>,
}

impl Nsga2Run {
    /// Scatter the first generation of at least two over the box.
    pub fn new(
        bounds: &Bounds,
        population: usize,
        settings: Nsga2Settings,
        seed: u64,
    ) -> Result<Self, SelectionError> {
        if !(2..=1 << 24).contains(&population) {
            let range = "between 2 and 16,777,216";
            return Err(SelectionError::Setting { name: "population", value: population as f64, range });
        }
        settings.crossover.check()?;
        settings.mutation.check()?;
        let mut rows = vec![0.0; population * bounds.width()];
        bounds.scatter(&mut rows, seed);
        let (lower, upper) = (0..bounds.width()).map(|variable| bounds.of(variable)).unzip();
        Ok(Self {
            lower,
            upper,
            settings,
            population,
            seed,
            generation: 0,
            rows,
            scores: Vec::new(),
            objectives: 0,
            spare: Vec::new(),
            ranks: Vec::new(),
            distances: Vec::new(),
            nsga2: Nsga2::new(),
            chosen: Vec::new(),
        })
    }

    /// The rows that wait for their objectives.
    pub fn ask(&self) -> &[f64] {
        &self.rows[self.rows.len() - self.population * self.lower.len()..]
    }

    /// The rows of those who survived last, or of the first generation.
    pub fn survivors(&self) -> &[f64] {
        &self.rows[..self.population * self.lower.len()]
    }

    /// The objectives of those who survived last; nothing before the first generation is told.
    pub fn scores(&self) -> &[f64] {
        &self.scores
    }

    /// How many objectives each row was told with; 0 before the first.
    pub fn objectives(&self) -> usize {
        self.objectives
    }

    /// How many generations have been told.
    pub fn generation(&self) -> u32 {
        self.generation
    }

    /// How many variables a row has.
    pub fn variables(&self) -> usize {
        self.lower.len()
    }

    /// How many rows are asked for at a time.
    pub fn population(&self) -> usize {
        self.population
    }

    /// Take `width` objectives for each row asked for, keep the fittest, and breed the next rows.
    pub fn tell(&mut self, scores: &[f64], width: usize) -> Result<(), SelectionError> {
        let expected = self.population * width;
        if scores.len() != expected {
            return Err(SelectionError::Length { what: "objectives", given: scores.len(), expected });
        }
        if self.objectives != 0 && self.objectives != width {
            let (given, expected) = (width, self.objectives);
            return Err(SelectionError::Length { what: "objectives a row", given, expected });
        }
        Objectives::new(scores, width, &[])?;
        self.objectives = width;
        self.scores.extend_from_slice(scores);
        let objectives = Objectives::new(&self.scores, width, &[])?;
        self.nsga2.select(&objectives, self.population, &mut self.chosen)?;
        let (nsga2, chosen) = (&self.nsga2, &self.chosen);
        self.ranks.clear();
        self.ranks.extend(chosen.iter().map(|&index| nsga2.ranks()[index as usize]));
        self.distances.clear();
        self.distances.extend(chosen.iter().map(|&index| nsga2.distances()[index as usize]));
        keep(&mut self.rows, &mut self.spare, self.lower.len(), chosen);
        keep(&mut self.scores, &mut self.spare, width, chosen);
        self.generation += 1;
        self.breed()
    }

    fn breed(&mut self) -> Result<(), SelectionError> {
        let (width, draw) = (self.lower.len(), Draw { seed: self.seed, generation: self.generation });
        // An odd population draws a parent more than it needs, so that the last one has a partner.
        let parents = self.population.next_multiple_of(2);
        let key = (draw.seed, draw.generation);
        self.nsga2.tournament(&self.ranks, &self.distances, parents, key, &mut self.chosen)?;
        let first = self.rows.len();
        for &parent in &self.chosen {
            let at = parent as usize * width;
            self.rows.extend_from_within(at..at + width);
        }
        let bounds = Bounds::new(&self.lower, &self.upper)?;
        let offspring = &mut self.rows[first..];
        self.settings.crossover.apply(offspring, &bounds, draw);
        self.settings.mutation.apply(offspring, &bounds, draw);
        let (survivors, offspring) = self.rows.split_at_mut(first);
        for (index, (child, &parent)) in offspring.chunks_exact_mut(width).zip(&self.chosen).enumerate() {
            let at = parent as usize * width;
            if child == &survivors[at..at + width] {
                self.settings.mutation.touch(child, &bounds, draw, index);
            }
        }
        self.rows.truncate(first + self.population * width);
        Ok(())
    }
}

/// Keep the chosen rows of a table, in their order; the table and the spare one change places.
fn keep(table: &mut Vec<f64>, spare: &mut Vec<f64>, width: usize, chosen: &[u32]) {
    spare.clear();
    chosen.iter().for_each(|&index| {
        spare.extend_from_slice(&table[index as usize * width..(index as usize + 1) * width]);
    });
    core::mem::swap(table, spare);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two parabolas whose minima are at 0 and at 2 on the first axis.
    fn schaffer(rows: &[f64], width: usize) -> Vec<f64> {
        let score = |row: &[f64]| {
            let rest: f64 = row[1..].iter().map(|x| x * x).sum();
            [row[0] * row[0] + rest, (row[0] - 2.0) * (row[0] - 2.0) + rest]
        };
        rows.chunks_exact(width).flat_map(score).collect()
    }

    fn run(population: usize, generations: usize, seed: u64) -> Nsga2Run {
        let bounds = Bounds::new(&[-10.0; 4], &[10.0; 4]).expect("a box");
        let mut run = Nsga2Run::new(&bounds, population, Nsga2Settings::default(), seed).expect("a run");
        for _ in 0..generations {
            let scores = schaffer(run.ask(), 4);
            run.tell(&scores, 2).expect("good scores");
        }
        run
    }

    #[test]
    fn survivors_come_to_lie_between_the_two_minima() {
        for population in [40, 41] {
            let run = run(population, 120, 3);
            assert_eq!(run.survivors().len(), population * 4);
            assert_eq!(run.scores(), schaffer(run.survivors(), 4));
            for row in run.survivors().chunks_exact(4) {
                assert!((-0.1..=2.1).contains(&row[0]) && row[1..].iter().all(|x| x.abs() < 0.2), "{row:?}");
            }
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_bits_and_another_one_others() {
        assert_eq!(run(20, 10, 7).ask(), run(20, 10, 7).ask());
        assert_ne!(run(20, 10, 7).ask(), run(20, 10, 8).ask());
    }

    #[test]
    fn refused_scores_leave_the_run_as_it_was() {
        let mut run = run(4, 1, 1);
        let (before, generation) = (run.ask().to_vec(), run.generation());
        let message = |run: &mut Nsga2Run, scores: &[f64], width| {
            run.tell(scores, width).expect_err("refused").to_string()
        };
        assert_eq!(message(&mut run, &[1.0; 7], 2), "7 objectives were given where 8 are needed");
        assert_eq!(message(&mut run, &[1.0; 12], 3), "3 objectives a row were given where 2 are needed");
        assert_eq!(message(&mut run, &[f64::NAN; 8], 2), "objective 0 of row 0 is not a number");
        assert_eq!((run.ask(), run.generation()), (before.as_slice(), generation));
    }

    #[test]
    fn a_population_of_one_is_refused() {
        let bounds = Bounds::new(&[0.0], &[1.0]).expect("a box");
        let refused =
            Nsga2Run::new(&bounds, 1, Nsga2Settings::default(), 0).expect_err("nobody to mate with");
        assert_eq!(refused.to_string(), "population is 1; it must be between 2 and 16,777,216");
    }
}
