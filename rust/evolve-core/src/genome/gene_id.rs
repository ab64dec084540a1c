//! Gene ids that follow from what a gene is, so that nobody has to count innovations.
//!
//! Two threads, islands or runs that find the same structure give it the same id without a word between
//! them. `spec/FORMAT.md` has the arithmetic; other implementations compute the same.

use crate::random::mix;
use serde::{Deserialize, Serialize};

/// The id of a node or a connection; always from 0 to 2^63 − 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GeneId(pub i64);

/// At most so many inputs, and so many outputs.
pub const MAX_TERMINALS: usize = 0x8000;
const CONNECTION: u64 = 0x6564_6765;
const NODE: u64 = 0x6e6f_6465;

impl GeneId {
    /// Input number `index`.
    pub const fn input(index: usize) -> Self {
        Self(index as i64)
    }

    /// Output number `index`.
    pub const fn output(index: usize) -> Self {
        Self((MAX_TERMINALS + index) as i64)
    }

    /// The connection from one node to another.
    #[inline]
    pub const fn connection(source: Self, target: Self) -> Self {
        hash(CONNECTION, source.0 as u64, target.0 as u64)
    }

    /// The `attempt`-th hidden node that splits a connection.
    pub const fn split(connection: Self, attempt: u64) -> Self {
        hash(NODE, connection.0 as u64, attempt)
    }

    /// True for inputs, which nothing may lead to.
    pub const fn is_input(self) -> bool {
        0 <= self.0 && self.0 < MAX_TERMINALS as i64
    }

    /// True for outputs.
    pub const fn is_output(self) -> bool {
        MAX_TERMINALS as i64 <= self.0 && self.0 < 2 * MAX_TERMINALS as i64
    }

    /// True for nodes that evolution made.
    pub const fn is_hidden(self) -> bool {
        self.0 >= 1 << 62
    }
}

/// Bit 62 is always set, so that no hash meets a reserved id; bit 63 never, so that it stays positive.
#[inline]
const fn hash(domain: u64, a: u64, b: u64) -> GeneId {
    let mixed = mix(mix(mix(domain).wrapping_add(a)).wrapping_add(b));
    GeneId((mixed & 0x3fff_ffff_ffff_ffff | 0x4000_0000_0000_0000) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_ids_never_change() {
        let edge = GeneId::connection(GeneId::input(0), GeneId::output(0));
        assert_eq!(
            (edge.0, GeneId::split(edge, 0).0, GeneId::split(edge, 1).0),
            (8_648_623_274_787_623_878, 6_732_673_671_101_452_872, 7_765_907_584_374_869_958)
        );
    }

    #[test]
    fn the_two_kinds_and_the_two_directions_have_different_ids() {
        let (a, b) = (GeneId::input(3), GeneId::output(1));
        let edge = GeneId::connection(a, b);
        assert_ne!(edge, GeneId::connection(b, a));
        assert_ne!(GeneId::split(a, 1), GeneId::connection(a, GeneId(1)));
        assert_ne!(GeneId::split(edge, 0), GeneId::split(edge, 1));
    }

    #[test]
    fn every_id_is_of_exactly_one_kind() {
        for id in [GeneId::input(0), GeneId::input(0x7fff), GeneId::output(0), GeneId::output(0x7fff)] {
            assert_eq!(u8::from(id.is_input()) + u8::from(id.is_output()) + u8::from(id.is_hidden()), 1);
        }
        for attempt in 0..1_000 {
            let id = GeneId::split(GeneId(7), attempt);
            assert!(id.is_hidden() && !id.is_input() && !id.is_output() && id.0 > 0);
        }
    }
}
