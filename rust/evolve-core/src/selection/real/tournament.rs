//! Tournaments on a single fitness.

use super::operator::{Draw, check};
use crate::random::{Purpose, Stream};
use crate::selection::objectives::refuse_nan;
use crate::selection::{Direction, SelectionError};

/// Write the winner of each of `rounds` tournaments: `size` are drawn, with replacement, and the fittest
/// wins; of equals the lower index.
pub fn tournament(
    fitness: &[f64],
    direction: Direction,
    (size, rounds): (usize, usize),
    draw: Draw,
    winners: &mut Vec<u32>,
) -> Result<(), SelectionError> {
    if u32::try_from(fitness.len()).is_err() {
        return Err(SelectionError::TooMany(fitness.len()));
    }
    if fitness.is_empty() && rounds > 0 {
        return Err(SelectionError::Count { wanted: rounds, available: 0 });
    }
    check("size", size as f64, size > 0, "at least 1")?;
    refuse_nan("fitness", fitness, 1)?;
    let mut random = Stream::new(draw.seed, 0, draw.generation, 0, Purpose::Tournament);
    let better = |one: usize, other: usize| match direction {
        Direction::Minimise => fitness[one] < fitness[other],
        Direction::Maximise => fitness[one] > fitness[other],
    };
    winners.clear();
    for _ in 0..rounds {
        let mut winner = random.below(fitness.len());
        for _ in 1..size {
            let rival = random.below(fitness.len());
            if better(rival, winner) || (rival < winner && !better(winner, rival)) {
                winner = rival;
            }
        }
        winners.push(winner as u32);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn winners(fitness: &[f64], direction: Direction, size: usize) -> Vec<u32> {
        let mut winners = Vec::new();
        tournament(fitness, direction, (size, 4_000), Draw { seed: 3, generation: 0 }, &mut winners)
            .expect("somebody");
        winners
    }

    #[test]
    fn the_fittest_wins_as_often_as_it_is_drawn() {
        let fitness = [0.5, 0.1, 0.9, 0.2];
        for (direction, best) in [(Direction::Maximise, 2), (Direction::Minimise, 1)] {
            let wins = winners(&fitness, direction, 2).iter().filter(|&&winner| winner == best).count();
            // It is missing from both draws with probability (3/4)^2.
            assert!((1_650..1_850).contains(&wins), "{wins} of 4000");
        }
    }

    #[test]
    fn the_lower_index_wins_among_equals() {
        let wins = winners(&[1.0, 1.0], Direction::Maximise, 2).iter().filter(|&&winner| winner == 0).count();
        assert!((2_900..3_100).contains(&wins), "{wins} of 4000");
    }

    #[test]
    fn a_tournament_of_nobody_is_refused() {
        let refused = |fitness: &[f64], size| {
            let draw = Draw { seed: 3, generation: 0 };
            tournament(fitness, Direction::Maximise, (size, 1), draw, &mut Vec::new())
                .expect_err("no tournament")
                .to_string()
        };
        assert_eq!(refused(&[], 2), "1 cannot be chosen from 0");
        assert_eq!(refused(&[1.0], 0), "size is 0; it must be at least 1");
        assert_eq!(refused(&[1.0, f64::NAN], 2), "fitness 0 of row 1 is not a number");
    }
}
