//! Children stay in the box, keep what crossover keeps, and come out the same however a batch is cut.

use super::*;
use proptest::prelude::*;

const LOWER: [f64; 3] = [0.0, -5.0, 1.0];
const UPPER: [f64; 3] = [1.0, 5.0, 1.0];

fn bounds() -> Bounds<'static> {
    Bounds::new(&LOWER, &UPPER).expect("a box")
}

fn pairs() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec((0.0..=1.0, -5.0..=5.0, Just(1.0)), 0..20)
        .prop_map(|rows| rows.into_iter().flat_map(|(a, b, c)| [a, b, c]).collect())
}

fn inside(rows: &[f64]) -> bool {
    let fits = |(at, value): (usize, &f64)| (LOWER[at % 3]..=UPPER[at % 3]).contains(value);
    rows.iter().enumerate().all(fits)
}

proptest! {
    #[test]
    fn children_stay_in_the_box(mut rows in pairs(), seed in any::<u64>(), eta in 0.0..40.0, alpha in 0.0..2.0) {
        let draw = Draw { seed, generation: 1 };
        let sbx = Sbx { eta, probability: 1.0, variable_probability: 1.0, ..Sbx::default() };
        sbx.change(&mut rows, &bounds(), draw).expect("good rows");
        prop_assert!(inside(&rows), "{rows:?}");
        Blend { alpha, probability: 1.0 }.change(&mut rows, &bounds(), draw).expect("good rows");
        prop_assert!(inside(&rows), "{rows:?}");
    }

    #[test]
    fn the_second_pair_does_not_depend_on_the_first(mut rows in pairs(), seed in any::<u64>()) {
        prop_assume!(rows.len() >= 12);
        let draw = Draw { seed, generation: 4 };
        let mut other = rows.clone();
        other[..6].copy_from_slice(&[0.1, 0.2, 1.0, 0.3, 0.4, 1.0]);
        Sbx::default().change(&mut rows, &bounds(), draw).expect("good rows");
        Sbx::default().change(&mut other, &bounds(), draw).expect("good rows");
        prop_assert_eq!(&rows[6..], &other[6..]);
    }

    #[test]
    fn a_pair_that_is_not_crossed_keeps_its_bits(rows in pairs(), seed in any::<u64>()) {
        let mut crossed = rows.clone();
        let never = Sbx { probability: 0.0, ..Sbx::default() };
        never.change(&mut crossed, &bounds(), Draw { seed, generation: 0 }).expect("good rows");
        prop_assert_eq!(crossed, rows);
    }
}

#[test]
fn far_from_the_bounds_children_have_their_parents_mean() {
    let bounds = Bounds::new(&[-1e6], &[1e6]).expect("a box");
    let mut rows: Vec<f64> = (0..1_000).flat_map(|_| [2.0, 3.0]).collect();
    let always = Sbx { probability: 1.0, variable_probability: 1.0, ..Sbx::default() };
    always.change(&mut rows, &bounds, Draw { seed: 1, generation: 0 }).expect("good rows");
    assert!(rows.chunks(2).all(|pair| (pair[0] + pair[1] - 5.0).abs() < 1e-9));
    // The spread factor is contracting or expanding with equal probability, and half change places.
    let closer = rows.chunks(2).filter(|pair| (pair[0] - pair[1]).abs() < 1.0).count();
    let exchanged = rows.chunks(2).filter(|pair| pair[0] > pair[1]).count();
    assert!((450..550).contains(&closer), "{closer} contracted");
    assert!((450..550).contains(&exchanged), "{exchanged} exchanged");
}

#[test]
fn settings_and_rows_that_make_no_sense_are_refused() {
    let draw = Draw { seed: 1, generation: 0 };
    let refused = |sbx: Sbx, mut rows: Vec<f64>| {
        sbx.change(&mut rows, &bounds(), draw).expect_err("no sense").to_string()
    };
    let eta = "eta is -1; it must be between 0 and 1,000,000";
    assert_eq!(refused(Sbx { eta: -1.0, ..Sbx::default() }, Vec::new()), eta);
    let probability = "probability is NaN; it must be between 0 and 1";
    assert_eq!(refused(Sbx { probability: f64::NAN, ..Sbx::default() }, Vec::new()), probability);
    assert_eq!(refused(Sbx::default(), vec![0.0; 4]), "4 values do not make rows of 3");
    assert_eq!(refused(Sbx::default(), vec![0.0, 0.0, f64::NAN]), "variable 2 of row 0 is not a number");
}
