//! Copies of genomes that reuse the memory of what they replace; a derived `clone_from` doesn't.

use super::{ConnectionGenes, Genome, NodeGenes};

/// Implements `Clone` field by field, and `clone_from` too.
macro_rules! clone_into_place {
    ($name:ident { $($field:ident),+ }) => {
        impl Clone for $name {
            fn clone(&self) -> Self {
                Self { $($field: self.$field.clone()),+ }
            }

            fn clone_from(&mut self, source: &Self) {
                $(self.$field.clone_from(&source.$field);)+
            }
        }
    };
}

clone_into_place!(NodeGenes { id, bias, activation, aggregation });
clone_into_place!(ConnectionGenes { id, source, target, weight, enabled });
clone_into_place!(Genome { nodes, connections });

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::GenomeConfig;
    use crate::random::{Purpose, Stream};

    #[test]
    fn a_copy_into_a_larger_genome_is_equal_and_takes_no_new_memory() {
        let initial = |inputs| {
            let mut random = Stream::new(1, 0, 0, 0, Purpose::User);
            Genome::initial(inputs, 2, &GenomeConfig::default(), &mut random)
        };
        let (source, mut place) = (initial(3), initial(5));
        let before = place.connections.weight.as_ptr();
        place.clone_from(&source);
        assert_eq!(place, source);
        assert_eq!(place.connections.weight.as_ptr(), before);
    }
}
