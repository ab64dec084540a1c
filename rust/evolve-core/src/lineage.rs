//! Who descended from whom: how each member of a generation came to be.
//!
//! A member is named by its island, its generation and its place there, and its parents are named in the same
//! way, so that the rows of all generations are a whole family tree. The names follow from where genomes stand in a run's
//! state, so nothing has to be remembered for them: a run that goes on from a checkpoint gives the same rows.

/// How a member came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// It was there when the run began.
    Initial = 0,
    /// It is its parent, unchanged: an elite, a survivor, or whoever holds a cell.
    Copied = 1,
    /// A mutated copy of one parent. All rates may have missed it, and it is a copy then.
    Mutated = 2,
    /// A crossover of two parents, mutated.
    Crossed = 3,
    /// It is its parent, unchanged, and came with it from another island.
    Migrated = 4,
}

/// The name of a parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parent {
    /// The generation it was a member of.
    pub generation: u32,
    /// Its place in that generation.
    pub member: u32,
}

/// How one member came to be.
///
/// With NSGA-II the chosen are the first members of the next generation, and copies of themselves; their
/// offspring follow. With MAP-Elites whoever takes a cell is a member of the next generation too: its place is
/// the population's size and then the place of its cell in the order in which cells were filled. It has no
/// further rows while it holds the cell, and its later children name it by that one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Birth {
    /// The island it lives on, from 0.
    pub island: usize,
    /// The island that its parents lived on; another one if it migrated.
    pub home: usize,
    /// The first generation that it is a member of.
    pub generation: u32,
    /// Its place there.
    pub member: u32,
    /// How it was made.
    pub made: Made,
    /// Its parent; of two the fitter one. None for the members that a run begins with.
    pub first: Option<Parent>,
    /// The other parent of a crossover, which may be the same one.
    pub second: Option<Parent>,
    /// The species of the first parent, where there are species.
    pub species: Option<u32>,
    /// The fitness of the first parent, as it was scored when it was chosen.
    pub fitness: Option<f64>,
}

impl Birth {
    /// A member that the run begins with.
    pub(crate) fn initial(member: u32) -> Self {
        Self {
            island: 0,
            home: 0,
            generation: 0,
            member,
            made: Made::Initial,
            first: None,
            second: None,
            species: None,
            fitness: None,
        }
    }

    /// A child of this parent at this place of the next generation, and nothing more.
    pub(crate) fn copy(parent: Parent, member: u32) -> Self {
        let generation = parent.generation + 1;
        Self { generation, made: Made::Copied, first: Some(parent), ..Self::initial(member) }
    }
}

/// Where the parents of a child stand among those it was bred from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    /// The only one, or the fitter one.
    pub first: usize,
    /// The other one.
    pub second: Option<usize>,
}

impl Origin {
    /// How a child of these parents is made.
    pub fn made(self) -> Made {
        if self.second.is_some() { Made::Crossed } else { Made::Mutated }
    }
}
