//! Checkpoints: the whole state of a run at a generation's boundary.

mod memory;

use crate::columns::Column;
use crate::config::config_value;
use crate::envelope::{self, Fields, Metadata};
use crate::error::FormatError;
use crate::genomes::{self, Entry};
use crate::tensors::{Tensors, same_length};
use evolve_core::complexity::Phase;
use evolve_core::config::{Config, MAX_POPULATIONS};
use evolve_core::evolution::{Champion, EvolutionState, Memory, Population};
use evolve_core::genome::Genome;
use evolve_core::speciation::Species;
use evolve_core::work::PopulationShape;
use serde_json::{Value, json};
use std::sync::Arc;

const SCHEMA: &str = "evolve.checkpoint";
const NAMES: &[&str] = &[
    "genome.role",
    "species.population",
    "species.id",
    "species.created",
    "species.improved",
    "species.best",
];

/// What a genome of a checkpoint is.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Role {
    Member = 0,
    Representative = 1,
    Champion = 2,
    Elite = 3,
}

/// The bytes of a checkpoint.
pub fn encode_checkpoint(state: &EvolutionState) -> Vec<u8> {
    let populations = state.populations.iter().enumerate().map(|(place, population)| {
        let mut value = genomes::shape_json(&shape(&state.config, place));
        let crown =
            |champion: &Champion| json!({"fitness": champion.fitness, "generation": champion.generation});
        value["champion"] = population.champion.as_ref().map_or(Value::Null, crown);
        value["front"] = Value::from(population.memory.front);
        value["phase"] = phase_json(&population.phase);
        value["next_species"] = Value::from(population.next_species);
        value["threshold"] = Value::from(population.threshold);
        value
    });
    let metadata = Metadata::from_iter([
        ("config".to_owned(), config_value(&state.config)),
        ("evaluations".to_owned(), Value::from(state.evaluations.to_string())),
        ("generation".to_owned(), Value::from(state.generation)),
        ("populations".to_owned(), populations.collect()),
        ("seed".to_owned(), Value::from(state.seed.to_string())),
    ]);
    let roles = entries(state);
    let mut columns = genomes::columns(roles.iter().map(|&(_, entry)| entry));
    columns.push(Column::list("genome.role", roles.iter().map(|&(role, _)| role as u8)));
    columns.extend(species_columns(state));
    columns.extend(memory::columns(state));
    envelope::seal(SCHEMA, metadata, columns)
}

fn phase_json(phase: &Phase) -> Value {
    let Phase { simplifying, floor, lowest, fell } = phase;
    json!({"simplifying": simplifying, "floor": floor, "lowest": lowest, "fell": fell})
}

fn read_phase(value: Value) -> Result<Phase, FormatError> {
    let mut fields = Fields::of(value, "a phase")?;
    let simplifying = fields.flag("simplifying")?;
    let (floor, lowest) = (fields.float("floor")?, fields.float("lowest")?);
    let fell = fields.small("fell")?;
    fields.end()?;
    Ok(Phase { simplifying, floor, lowest, fell })
}

fn shape(config: &Config, place: usize) -> PopulationShape {
    let settings = &config.populations[place];
    PopulationShape {
        name: settings.name.clone(),
        inputs: settings.inputs.clone(),
        outputs: settings.outputs.clone(),
        recurrent: config.genome.recurrent,
    }
}

fn entries<'a>(state: &'a EvolutionState) -> Vec<(Role, Entry<'a>)> {
    let mut entries = Vec::new();
    for (place, population) in state.populations.iter().enumerate() {
        let mut add = |role, index, genome: &'a Arc<Genome>| entries.push((role, (place, index, &**genome)));
        population.genomes.iter().enumerate().for_each(|(index, genome)| add(Role::Member, index, genome));
        let species = population.species.iter().enumerate();
        species.for_each(|(index, species)| add(Role::Representative, index, &species.representative));
        let elites = population.memory.elites.iter().enumerate();
        elites.for_each(|(index, elite)| add(Role::Elite, index, &elite.genome));
        population.champion.iter().for_each(|champion| add(Role::Champion, 0, &champion.genome));
    }
    entries
}

fn species_columns(state: &EvolutionState) -> [Column<'_>; 5] {
    let all: Vec<(usize, &Species)> = (state.populations.iter().enumerate())
        .flat_map(|(place, population)| population.species.iter().map(move |species| (place, species)))
        .collect();
    [
        Column::list("species.population", all.iter().map(|(place, _)| *place as u32)),
        Column::list("species.id", all.iter().map(|(_, species)| species.id)),
        Column::list("species.created", all.iter().map(|(_, species)| species.created)),
        Column::list("species.improved", all.iter().map(|(_, species)| species.improved)),
        Column::list("species.best", all.iter().map(|(_, species)| species.best)),
    ]
}

/// Read a checkpoint; what comes out has passed every check a state must.
pub fn decode_checkpoint(bytes: &[u8]) -> Result<EvolutionState, FormatError> {
    let (mut fields, tensors) = envelope::open_file(bytes, SCHEMA)?;
    let config: Config = serde_json::from_value(fields.take("config")?)
        .map_err(|error| FormatError::metadata(format!("its config is wrong: {error}")))?;
    config.check().map_err(|error| FormatError::metadata(format!("its config is wrong: {error}")))?;
    let evaluations = fields.digits("evaluations")?;
    let generation = fields.small("generation")?;
    let seed = fields.digits("seed")?;
    let headers = fields.list("populations")?;
    fields.end()?;
    tensors.only(&[genomes::names(&tensors), NAMES, memory::NAMES])?;
    let (shapes, mut populations) = read_headers(headers, &config)?;
    place_species(&tensors, &mut populations)?;
    memory::place(&tensors, &config.evaluation, &mut populations)?;
    place_genomes(&tensors, &shapes, &mut populations)?;
    let state = EvolutionState { config, seed, generation, evaluations, populations };
    state.check().map_err(|error| FormatError::State(error.to_string()))?;
    Ok(state)
}

fn read_headers(
    headers: Vec<Value>,
    config: &Config,
) -> Result<(Vec<PopulationShape>, Vec<Population>), FormatError> {
    if headers.len() != config.populations.len() {
        return Err(FormatError::State(format!("it has {} populations, its config others", headers.len())));
    }
    let mut populations = Vec::new();
    let mut shapes = Vec::new();
    for (place, header) in headers.into_iter().enumerate() {
        let mut fields = Fields::of(header, "a population")?;
        let stated = genomes::shape(&mut fields)?;
        if stated != shape(config, place) {
            return Err(FormatError::State(format!("population {} is not as its config says", stated.name)));
        }
        let champion = match fields.take("champion")? {
            Value::Null => None,
            value => {
                let mut fields = Fields::of(value, "a champion")?;
                let (fitness, generation) = (fields.float("fitness")?, fields.small("generation")?);
                fields.end()?;
                Some(Champion { genome: Arc::default(), fitness, generation })
            }
        };
        let front = fields.small("front")? as usize;
        let phase = read_phase(fields.take("phase")?)?;
        let (next_species, threshold) = (fields.small("next_species")?, fields.float("threshold")?);
        fields.end()?;
        populations.push(Population {
            genomes: Vec::new(),
            species: Vec::new(),
            threshold,
            next_species,
            phase,
            memory: Memory { front, ..Memory::default() },
            champion,
        });
        shapes.push(stated);
    }
    Ok((shapes, populations))
}

fn place_species(tensors: &Tensors, populations: &mut [Population]) -> Result<(), FormatError> {
    let most = u32::MAX as usize;
    let owner = tensors.counts("species.population", (populations.len() - 1).min(MAX_POPULATIONS))?;
    let (id, created) = (tensors.counts("species.id", most)?, tensors.counts("species.created", most)?);
    let (improved, best) = (tensors.counts("species.improved", most)?, tensors.f64("species.best")?);
    for (name, length) in [
        ("species.id", id.len()),
        ("species.created", created.len()),
        ("species.improved", improved.len()),
        ("species.best", best.len()),
    ] {
        same_length(name, length, owner.len())?;
    }
    for (place, &population) in owner.iter().enumerate() {
        populations[population].species.push(Species {
            id: id[place] as u32,
            representative: Arc::default(),
            created: created[place] as u32,
            improved: improved[place] as u32,
            best: best[place],
        });
    }
    Ok(())
}

fn place_genomes(
    tensors: &Tensors,
    shapes: &[PopulationShape],
    populations: &mut [Population],
) -> Result<(), FormatError> {
    let roles = tensors.u8("genome.role")?;
    let entries = genomes::read(tensors, shapes)?;
    same_length("genome.role", roles.len(), entries.len())?;
    // How many genomes of each role a population has so far.
    let mut placed = vec![[0; 4]; populations.len()];
    for (entry, role) in entries.into_iter().zip(roles.iter().copied()) {
        let population = &mut populations[entry.population];
        let next = placed[entry.population].get_mut(usize::from(role));
        let due = next.as_ref().map_or(0, |next| **next);
        let misplaced = || {
            FormatError::State(format!(
                "a genome of role {role} with index {} stands where {due} is due",
                entry.index
            ))
        };
        let slot = match role {
            0 => {
                population.genomes.push(Arc::default());
                population.genomes.last_mut()
            }
            1 => population.species.get_mut(due).map(|species| &mut species.representative),
            2 => population.champion.as_mut().filter(|_| due == 0).map(|champion| &mut champion.genome),
            _ => population.memory.elites.get_mut(due).map(|elite| &mut elite.genome),
        };
        match (slot, next) {
            (Some(slot), Some(next)) if entry.index == due => {
                *slot = entry.genome;
                *next += 1;
            }
            _ => return Err(misplaced()),
        }
    }
    Ok(())
}
