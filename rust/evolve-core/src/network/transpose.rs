//! Between rows as people hand them over and lanes as the processor wants them.
//!
//! In tiles of four by four: the two obvious loops compile to scatter instructions, and a tile without
//! shuffles to sixteen moves of one number each.

#![allow(clippy::inline_always, reason = "the body must be compiled once for each instruction set")]

use super::rows::{LANES, Lanes};

const TILE: usize = 4;

/// `columns[c][lane] = rows[lane * width + c]` for as many whole rows as there are.
#[inline(always)]
pub(super) fn to_lanes(rows: &[f32], width: usize, columns: &mut [Lanes]) {
    if rows.len() == LANES * width && width >= TILE {
        for c in tiles(width) {
            for lane in (0..LANES).step_by(TILE) {
                let row = |r: usize| four(rows, (lane + r) * width + c);
                let tile = turned([row(0), row(1), row(2), row(3)]);
                for (column, numbers) in columns[c..c + TILE].iter_mut().zip(&tile) {
                    column[lane..lane + TILE].copy_from_slice(numbers);
                }
            }
        }
        return;
    }
    for (c, column) in columns.iter_mut().enumerate() {
        for (lane, value) in column.iter_mut().enumerate().take(rows.len() / width) {
            *value = rows[lane * width + c];
        }
    }
}

/// `rows[lane * width + c] = values[slots[c]][lane]` for as many whole rows as there are.
#[inline(always)]
pub(super) fn from_lanes(values: &[Lanes], slots: &[u32], rows: &mut [f32]) {
    let width = slots.len();
    if rows.len() == LANES * width && width >= TILE {
        for c in tiles(width) {
            let column = |k: usize| &values[slots[c + k] as usize];
            let columns = [column(0), column(1), column(2), column(3)];
            for lane in (0..LANES).step_by(TILE) {
                let tile = turned(columns.map(|column| four(column, lane)));
                for (r, numbers) in tile.iter().enumerate() {
                    let begin = (lane + r) * width + c;
                    rows[begin..begin + TILE].copy_from_slice(numbers);
                }
            }
        }
        return;
    }
    for (c, &slot) in slots.iter().enumerate() {
        let column = &values[slot as usize];
        for (lane, row) in rows.chunks_exact_mut(width).enumerate() {
            row[c] = column[lane];
        }
    }
}

/// Where tiles begin that cover so many columns; the last one may lie over the one before it.
#[inline(always)]
fn tiles(width: usize) -> impl Iterator<Item = usize> {
    (0..width.div_ceil(TILE)).map(move |tile| (tile * TILE).min(width - TILE))
}

#[inline(always)]
fn four(values: &[f32], begin: usize) -> [f32; TILE] {
    let four = &values[begin..begin + TILE];
    [four[0], four[1], four[2], four[3]]
}

/// Columns of rows.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn turned(rows: [[f32; TILE]; TILE]) -> [[f32; TILE]; TILE] {
    use std::arch::x86_64::{_mm_loadu_ps, _mm_movehl_ps, _mm_movelh_ps, _mm_storeu_ps};
    use std::arch::x86_64::{_mm_unpackhi_ps, _mm_unpacklo_ps};
    let mut columns = [[0.0; TILE]; TILE];
    // SAFETY: every x86-64 processor has SSE, and each pointer is to four numbers.
    unsafe {
        let [a, b, c, d] = [0, 1, 2, 3].map(|r| _mm_loadu_ps(rows[r].as_ptr()));
        let (ab, cd) = (_mm_unpacklo_ps(a, b), _mm_unpacklo_ps(c, d));
        let (ab_high, cd_high) = (_mm_unpackhi_ps(a, b), _mm_unpackhi_ps(c, d));
        _mm_storeu_ps(columns[0].as_mut_ptr(), _mm_movelh_ps(ab, cd));
        _mm_storeu_ps(columns[1].as_mut_ptr(), _mm_movehl_ps(cd, ab));
        _mm_storeu_ps(columns[2].as_mut_ptr(), _mm_movelh_ps(ab_high, cd_high));
        _mm_storeu_ps(columns[3].as_mut_ptr(), _mm_movehl_ps(cd_high, ab_high));
    }
    columns
}

/// Columns of rows.
#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
fn turned(rows: [[f32; TILE]; TILE]) -> [[f32; TILE]; TILE] {
    std::array::from_fn(|c| rows.map(|row| row[c]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn rows_come_back_from_lanes_in_their_places(width in 1usize..23, count in 1usize..=LANES) {
            let rows: Vec<f32> = (0..width * count).map(|place| place as f32).collect();
            let mut columns = vec![[-1.0; LANES]; width];
            to_lanes(&rows, width, &mut columns);
            for (c, column) in columns.iter().enumerate() {
                let expected = (0..LANES).map(|lane| if lane < count { (lane * width + c) as f32 } else { -1.0 });
                prop_assert!(column.iter().copied().eq(expected));
            }
            let slots: Vec<u32> = (0..width as u32).collect();
            let mut back = vec![0.0; rows.len()];
            from_lanes(&columns, &slots, &mut back);
            prop_assert_eq!(back, rows);
        }
    }
}
