//! `RustPopulation`: all genomes of a population in one object, for loops that breed in scripts.

mod members;

use crate::genome::{RustNeatGenome, terminals};
use crate::settings::Settings;
use crate::{checked, made};
use evolve_core::config::MAX_SIZE;
use evolve_core::genome::Genome;
use evolve_format::{file_digest, read_file, write_file};
use godot::builtin::AnyArray;
use godot::prelude::*;
pub use members::{Members, population_shape};
use std::path::Path;
use std::sync::Arc;

/// A whole population of genomes that think, mate and mutate in one call each.
///
/// A breeding loop crosses into the library once a generation, not once a genome: [method breed] makes all of
/// the next one from the places of those who live on and of the parents. Members stand by their places, from 0; each draws from a stream of its own, so that the same
/// seed makes the same population on any number of threads. Member 0 draws what a [RustNeatGenome] draws.
/// [code]settings[/code] are those of [RustNeatGenome]; a population keeps them, and hands them on.
#[derive(GodotClass)]
#[class(no_init, base = RefCounted)]
pub struct RustPopulation {
    pub members: Members,
    base: Base<RefCounted>,
}

impl RustPopulation {
    fn wrap(members: Members) -> Gd<Self> {
        Gd::from_init_fn(|base| Self { members, base })
    }
}

#[godot_api]
impl RustPopulation {
    /// First genomes: every input connected to every output, weights drawn from the seed. Null and an error
    /// when a count is out of range or the settings make no sense.
    #[func]
    fn create(
        size: i64,
        input_count: i64,
        output_count: i64,
        seed: i64,
        #[opt(default = Settings::default())] settings: Settings,
    ) -> Option<Gd<Self>> {
        let first = || -> Result<Gd<Self>, String> {
            if !(1..=MAX_SIZE as i64).contains(&size) {
                return Err(format!("size is {size}, but must be from 1 to {MAX_SIZE}"));
            }
            let terminals = terminals(input_count, output_count)?;
            let members = Members::initial(size as usize, terminals, seed, settings.read()?);
            Ok(Self::wrap(members))
        };
        made("RustPopulation.create", first())
    }

    /// Copies of genomes ([RustNeatGenome]), in their order; all must have the same inputs and outputs. Null
    /// and an error when they have not, when there are none, or when the settings make no sense.
    #[func]
    fn of_genomes(
        genomes: AnyArray,
        #[opt(default = Settings::default())] settings: Settings,
    ) -> Option<Gd<Self>> {
        let copied = || -> Result<Gd<Self>, String> {
            let (genomes, recurrent) = copies(&genomes)?;
            Members::of(genomes, recurrent, settings.read()?).map(Self::wrap)
        };
        made("RustPopulation.of_genomes", copied())
    }

    /// The population in the bytes of a population file; null and an error when they are none.
    #[func]
    fn from_bytes(
        data: PackedByteArray,
        #[opt(default = Settings::default())] settings: Settings,
    ) -> Option<Gd<Self>> {
        let read = || -> Result<Members, String> { Members::decode(data.as_slice(), settings.read()?) };
        let read = read().map_err(|problem| format!("data: {problem}"));
        made("RustPopulation.from_bytes", read.map(Self::wrap))
    }

    /// The population in a file; null and an error when it cannot be read or holds none. The path is one of
    /// the operating system's: use [method ProjectSettings.globalize_path] for `res://` and `user://`.
    #[func]
    fn load(path: GString, #[opt(default = Settings::default())] settings: Settings) -> Option<Gd<Self>> {
        let read = || -> Result<Members, String> {
            let bytes = read_file(Path::new(&path.to_string())).map_err(|error| error.to_string())?;
            let read = Members::decode(&bytes, settings.read()?);
            read.map_err(|problem| format!("{path}: {problem}"))
        };
        made("RustPopulation.load", read().map(Self::wrap))
    }

    /// Write a population file, durably; gives its digest, or an empty text and an error.
    #[func]
    fn save(&self, path: GString) -> GString {
        let bytes = self.members.encode();
        let written = write_file(Path::new(&path.to_string()), &bytes);
        let digest = written.map(|()| file_digest(&bytes).unwrap_or_default());
        GString::from(checked("RustPopulation.save", digest).as_str())
    }

    /// The population as the bytes of a population file.
    #[func]
    fn to_bytes(&self) -> PackedByteArray {
        PackedByteArray::from(self.members.encode())
    }

    /// 64 hexadecimal digits that two populations share only when they are the same.
    #[func]
    fn digest(&self) -> GString {
        GString::from(file_digest(&self.members.encode()).unwrap_or_default().as_str())
    }

    /// How many members there are.
    #[func]
    fn size(&self) -> i64 {
        self.members.genomes().len() as i64
    }

    /// How many numbers each member senses.
    #[func]
    fn inputs(&self) -> i64 {
        self.members.inputs() as i64
    }

    /// How many numbers each member gives.
    #[func]
    fn outputs(&self) -> i64 {
        self.members.outputs() as i64
    }

    /// A copy of the member at a place; null and an error when nobody stands there.
    #[func]
    fn genome(&self, place: i64) -> Option<Gd<RustNeatGenome>> {
        let found = self.members.place("place", place);
        let genome = found.map(|place| Arc::clone(&self.members.genomes()[place]));
        made("RustPopulation.genome", genome)
            .map(|genome| RustNeatGenome::wrap(genome, self.members.is_recurrent()))
    }

    /// How many connections each member has, disabled ones too.
    #[func]
    fn connection_counts(&self) -> PackedInt32Array {
        self.members.genomes().iter().map(|genome| genome.connections.len() as i32).collect()
    }

    /// How many hidden nodes each member has.
    #[func]
    fn hidden_counts(&self) -> PackedInt32Array {
        self.members.genomes().iter().map(|genome| genome.hidden() as i32).collect()
    }

    /// One tick of every member: what each senses stands one member after the other, and so does what comes
    /// back. Empty, with an error, unless there is one finite number for each input of each member.
    #[func]
    fn think(&mut self, observations: PackedFloat32Array) -> PackedFloat32Array {
        let thought = self.members.think(observations.as_slice());
        checked("RustPopulation.think", thought.map(PackedFloat32Array::from))
    }

    /// Forget what recurrent members remember.
    #[func]
    fn reset(&mut self) {
        self.members.reset();
    }

    /// Change every member at random, with the settings of the population.
    #[func]
    fn mutate(&mut self, seed: i64) {
        self.members.mutate(seed);
    }

    /// The next generation takes the place of this one: copies of the members at [param elites], which may
    /// be none, then a child for each pair of places, as in [method crossover], mutated with the settings of
    /// the population. A child draws all its numbers from one stream, for the crossover and then for the
    /// mutation. False and an error, and nothing is changed, when the lists don't fit.
    #[func]
    fn breed(
        &mut self,
        elites: PackedInt32Array,
        first: PackedInt32Array,
        second: PackedInt32Array,
        seed: i64,
    ) -> bool {
        let bred = self.members.breed(elites.as_slice(), first.as_slice(), second.as_slice(), seed);
        made("RustPopulation.breed", bred).is_some()
    }

    /// One child for each pair of places: the first has the fitter parent, whose structure the child takes,
    /// genes that both have come from either at random. Null and an error when the lists differ in length,
    /// are empty, or name a place where nobody stands.
    #[func]
    fn crossover(&self, first: PackedInt32Array, second: PackedInt32Array, seed: i64) -> Option<Gd<Self>> {
        let children = self.members.crossover(first.as_slice(), second.as_slice(), seed);
        made("RustPopulation.crossover", children.map(Self::wrap))
    }

    /// Copies of the members at some places, in this order. Null and an error when there are none, or a
    /// place is named where nobody stands.
    #[func]
    fn pick(&self, places: PackedInt32Array) -> Option<Gd<Self>> {
        made("RustPopulation.pick", self.members.pick(places.as_slice()).map(Self::wrap))
    }

    /// Add copies of the members of another population behind the others. False and an error, and nothing is
    /// added, without one or when it has other inputs and outputs.
    #[func]
    fn append(&mut self, other: Option<Gd<RustPopulation>>) -> bool {
        let call = "RustPopulation.append";
        let Some(other) = made(call, other.ok_or("other is null, but must be a RustPopulation")) else {
            return false;
        };
        // A population may be doubled: it is borrowed already.
        let appended = if other.instance_id() == self.base().instance_id() {
            let twin = self.members.clone();
            self.members.append(&twin)
        } else {
            self.members.append(&other.bind().members)
        };
        made(call, appended).is_some()
    }
}

/// The genomes of an array, and whether one of them is recurrent.
pub fn copies(genomes: &AnyArray) -> Result<(Vec<Arc<Genome>>, bool), String> {
    let mut recurrent = false;
    let copy = |(place, entry): (usize, Variant)| {
        let genome = entry.try_to::<Gd<RustNeatGenome>>();
        let genome =
            genome.map_err(|_| format!("genomes[{place}] is {entry}, but must be a RustNeatGenome"))?;
        let genome = genome.bind();
        recurrent |= genome.recurrent;
        Ok(Arc::clone(&genome.genome))
    };
    let copied: Result<Vec<_>, String> = genomes.iter_shared().enumerate().map(copy).collect();
    Ok((copied?, recurrent))
}
