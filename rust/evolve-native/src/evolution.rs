//! `RustEvolution`: the ask/tell machine for `GDScript`.

use crate::genome::RustNeatGenome;
use crate::work::RustWorkBatch;
use crate::{checked, refuse, report, write};
use evolve_core::evolution::Evolution;
use evolve_format::config::{config_text, parse_config};
use evolve_format::{Brain, decode_checkpoint, encode_champion, encode_checkpoint, file_digest, read_file};
use godot::prelude::*;
use std::path::Path;
use std::sync::Arc;

/// A run: it asks for scores, is told them, and breeds the next generation.
///
/// Make one with [method create] or [method resume], then repeat [method ask], play the units, and
/// [method tell], until the wanted generation is reached. It does no work in the background.
#[derive(GodotClass)]
#[class(no_init, base = RefCounted)]
pub struct RustEvolution {
    engine: Evolution,
    base: Base<RefCounted>,
}

#[godot_api]
impl RustEvolution {
    /// Begin a run from a configuration in JSON and a seed that is not negative. Gives null, an error in
    /// the log and [method RustEngine.last_error] when the configuration makes no sense.
    #[func]
    fn create(config_json: GString, seed: i64) -> Option<Gd<Self>> {
        let start = || {
            let seed =
                u64::try_from(seed).map_err(|_| format!("seed is {seed}, but must not be negative"))?;
            let config = parse_config(&config_json.to_string()).map_err(|error| error.to_string())?;
            Evolution::new(config, seed).map_err(|error| error.to_string())
        };
        Self::made("RustEvolution.create", start())
    }

    /// Go on from a checkpoint. The path is one of the operating system's: use
    /// [method ProjectSettings.globalize_path] for `res://` and `user://`.
    #[func]
    fn resume(path: GString) -> Option<Gd<Self>> {
        let path = path.to_string();
        let start = || {
            let bytes = read_file(Path::new(&path)).map_err(|error| error.to_string())?;
            let state = decode_checkpoint(&bytes).map_err(|error| format!("{path}: {error}"))?;
            Evolution::from_state(state).map_err(|error| format!("{path}: {error}"))
        };
        Self::made("RustEvolution.resume", start())
    }

    fn made(call: &str, engine: Result<Evolution, String>) -> Option<Gd<Self>> {
        match engine {
            Ok(engine) => Some(Gd::from_init_fn(|base| Self { engine, base })),
            Err(problem) => {
                refuse(call, problem);
                None
            }
        }
    }

    /// The generation being scored, from 0; so also how many are finished.
    #[func]
    fn generation(&self) -> i64 {
        i64::from(self.engine.state().generation)
    }

    /// The seed the run began with.
    #[func]
    fn seed(&self) -> i64 {
        self.engine.state().seed as i64
    }

    /// The whole configuration, defaults filled in, as JSON with sorted keys.
    #[func]
    fn config_json(&self) -> GString {
        GString::from(config_text(&self.engine.state().config).as_str())
    }

    /// Work units in a generation.
    #[func]
    fn units(&self) -> i64 {
        self.engine.units() as i64
    }

    /// Units of this generation that nobody has asked for yet.
    #[func]
    fn units_waiting(&self) -> i64 {
        self.engine.units_waiting() as i64
    }

    /// Units scored since the run began.
    #[func]
    fn evaluations(&self) -> i64 {
        self.engine.state().evaluations as i64
    }

    /// The champion's fitness; NAN before the first generation is scored.
    #[func]
    fn best_fitness(&self) -> f64 {
        self.engine.state().populations[0].champion.as_ref().map_or(f64::NAN, |champion| champion.fitness)
    }

    /// Whether the champion is at least as good as a fitness: not below it, or not above it when fitness is
    /// minimised.
    #[func]
    fn reaches(&self, fitness: f64) -> bool {
        self.engine.reaches(fitness)
    }

    /// The brains of a population that are worth keeping. With [code]nsga2[/code] those whom nobody dominates, with
    /// [code]map_elites[/code] whoever holds a cell, else the champion; a dictionary each, with
    /// [code]fitness[/code], [code]generation[/code], [code]objectives[/code] and [code]behaviour[/code].
    #[func]
    fn gallery(&self, population: i64) -> Array<VarDictionary> {
        let Some(population) = self.population("RustEvolution.gallery", population) else {
            return Array::new();
        };
        self.engine.gallery(population).iter().map(report::exhibit).collect()
    }

    /// How the run stands, for panels and logs: [code]generation[/code], [code]evaluations[/code],
    /// [code]best_fitness[/code] (NAN before the first generation is scored) and [code]populations[/code], a
    /// dictionary each with [code]name[/code], [code]members[/code], [code]species[/code] (how many live on),
    /// [code]threshold[/code] (distance within a species), [code]mean_connections[/code],
    /// [code]mean_hidden_nodes[/code], [code]simplifying[/code], [code]front[/code], [code]archive[/code] and
    /// [code]elites[/code].
    #[func]
    fn statistics(&self) -> VarDictionary {
        report::standing(self.engine.state())
    }

    /// A copy of a member of the present generation, to be looked at or drawn; null and an error when there
    /// is none. Populations and members are counted from 0.
    #[func]
    fn member(&self, population: i64, index: i64) -> Option<Gd<RustNeatGenome>> {
        let members =
            &self.engine.state().populations[self.population("RustEvolution.member", population)?];
        let genome = usize::try_from(index).ok().and_then(|place| members.genomes.get(place));
        let Some(genome) = genome else {
            let count = members.genomes.len();
            refuse(
                "RustEvolution.member",
                format!("index is {index}, but the population has {count} members"),
            );
            return None;
        };
        Some(RustNeatGenome::wrap(Arc::clone(genome), self.engine.state().config.genome.recurrent))
    }

    /// A copy of the genome of a population's champion; null before the first generation is scored.
    #[func]
    fn champion(&self, population: i64) -> Option<Gd<RustNeatGenome>> {
        let state = self.engine.state();
        let place = self.population("RustEvolution.champion", population)?;
        let champion = state.populations[place].champion.as_ref()?;
        Some(RustNeatGenome::wrap(Arc::clone(&champion.genome), state.config.genome.recurrent))
    }

    /// Up to `count` work units with their genomes; null while every unit of the generation is out.
    #[func]
    fn ask(&mut self, count: i64) -> Option<Gd<RustWorkBatch>> {
        self.engine.ask(usize::try_from(count).unwrap_or(0)).map(RustWorkBatch::wrap)
    }

    /// Take the scores of a batch. Gives an empty dictionary until the generation's last score is in; then
    /// the next generation is bred, and the dictionary says what the old one was like: `generation`,
    /// `best`, `mean`, `best_ever`, `evaluations`, `steps`; `objectives` and `species`, arrays of dictionaries;
    /// and how many are in the `front` of NSGA-II, the `archive` of novelty and the `elites` of MAP-Elites.
    #[func]
    fn tell(&mut self, mut batch: Gd<RustWorkBatch>) -> VarDictionary {
        let results = batch.bind_mut().take_results();
        let told = checked("RustEvolution.tell", self.engine.tell(&results));
        told.report.map_or_else(VarDictionary::new, |finished| report::describe(&finished))
    }

    /// Write a checkpoint, durably; gives its digest, or an empty text and an error. Only between
    /// generations: right after a [method tell] that gave a report, or before the first.
    #[func]
    fn save(&self, path: GString) -> GString {
        let call = "RustEvolution.save";
        if !self.engine.at_generation_boundary() {
            refuse(call, "a checkpoint is taken between generations, and this one is half scored");
            return GString::new();
        }
        let bytes = encode_checkpoint(self.engine.state());
        if !write(call, &path, &bytes) {
            return GString::new();
        }
        GString::from(file_digest(&bytes).expect("a file of ours states its digest").as_str())
    }

    /// The bytes of a `.evo` file with the champion of a population; empty before the first generation is
    /// scored. [method RustEngine.write_file] writes them durably.
    #[func]
    fn champion_bytes(&self, population: i64) -> PackedByteArray {
        let place = self.population("RustEvolution.champion_bytes", population);
        let brain = place.and_then(|place| Brain::of(&self.engine, place));
        brain.map_or_else(PackedByteArray::new, |brain| PackedByteArray::from(encode_champion(&brain)))
    }

    /// The bytes of a `.evo` file with a brain of a population's [method gallery]; empty, with an error,
    /// when it has no such place.
    #[func]
    fn exhibit_bytes(&self, population: i64, place: i64) -> PackedByteArray {
        let call = "RustEvolution.exhibit_bytes";
        let Some(population) = self.population(call, population) else { return PackedByteArray::new() };
        let exhibited = |place| Brain::exhibited(&self.engine, population, place);
        if let Some(brain) = usize::try_from(place).ok().and_then(exhibited) {
            return PackedByteArray::from(encode_champion(&brain));
        }
        let count = self.engine.gallery(population).len();
        refuse(call, format!("place is {place}, but the gallery has {count}"));
        PackedByteArray::new()
    }
}

impl RustEvolution {
    fn population(&self, call: &str, place: i64) -> Option<usize> {
        let count = self.engine.state().populations.len();
        let found = usize::try_from(place).ok().filter(|&place| place < count);
        if found.is_none() {
            refuse(call, format!("population is {place}, but the run has {count}"));
        }
        found
    }
}
