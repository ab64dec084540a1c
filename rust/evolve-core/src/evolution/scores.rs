//! What members were scored: a row for each, its objectives first and then what describes its behaviour.

use crate::config::EvaluationConfig;

/// Rows of objectives and behaviours.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Scores {
    rows: Vec<f64>,
    objectives: usize,
    width: usize,
}

impl Scores {
    pub fn zeros(count: usize, evaluation: &EvaluationConfig) -> Self {
        let width = evaluation.width();
        Self { rows: vec![0.0; count * width], objectives: evaluation.objectives.len(), width }
    }

    pub fn len(&self) -> usize {
        self.rows.len() / self.width
    }

    pub fn row(&self, place: usize) -> &[f64] {
        &self.rows[place * self.width..][..self.width]
    }

    pub fn rows(&self) -> &[f64] {
        &self.rows
    }

    pub fn objectives(&self, place: usize) -> &[f64] {
        &self.row(place)[..self.objectives]
    }

    pub fn behaviour(&self, place: usize) -> &[f64] {
        &self.row(place)[self.objectives..]
    }

    /// One objective of everybody.
    pub fn column(&self, column: usize) -> impl Iterator<Item = f64> + '_ {
        self.rows.iter().skip(column).step_by(self.width).copied()
    }

    /// Rows of some members, one after the other, from the objectives and the behaviours of all of them.
    pub fn set_rows(&mut self, first: usize, count: usize, objectives: &[f64], behaviour: &[f64]) {
        let (width, descriptors) = (self.objectives, self.width - self.objectives);
        for (member, row) in self.rows.chunks_exact_mut(self.width).skip(first).take(count).enumerate() {
            let (scores, described) = row.split_at_mut(width);
            scores.copy_from_slice(&objectives[member * width..][..width]);
            described.copy_from_slice(&behaviour[member * descriptors..][..descriptors]);
        }
    }

    pub fn set_first_rows(&mut self, rows: &[f64]) {
        self.rows[..rows.len()].copy_from_slice(rows);
    }

    pub fn add(&mut self, place: usize, row: &[f64]) {
        let mine = &mut self.rows[place * self.width..][..self.width];
        mine.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
    }

    pub fn set_row(&mut self, place: usize, row: &[f64]) {
        self.rows[place * self.width..][..self.width].copy_from_slice(row);
    }

    pub fn divide(&mut self, place: usize, by: f64) {
        self.rows[place * self.width..][..self.width].iter_mut().for_each(|sum| *sum /= by);
    }

    /// The rows of these members, in this order.
    pub fn of(&self, members: &[u32]) -> Self {
        let rows = members.iter().flat_map(|&member| self.row(member as usize)).copied();
        Self { rows: rows.collect(), ..*self }
    }
}
