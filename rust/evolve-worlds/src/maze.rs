//! A deceptive maze, after Lehman and Stanley (2011): the goal is two corridors away, and the way to it leads
//! away from it twice.
//!
//! ```text
//!   +-----------+-------+
//!   |           |     G |
//!   |                   |
//!   |   +-------+-------+
//!   |           |       |
//!   |                   |
//!   +---------------+   |
//!   |       |           |
//!   | S     |           |
//!   +-------+-----------+
//! ```

use crate::World;
use evolve_core::random::{Purpose, Stream};

/// The size of the maze; positions go from 0 to these.
pub const SIZE: [f64; 2] = [200.0, 150.0];
/// From one point to another, each.
const WALLS: [[[f64; 2]; 2]; 9] = [
    [[0.0, 0.0], [200.0, 0.0]],
    [[200.0, 0.0], [200.0, 150.0]],
    [[200.0, 150.0], [0.0, 150.0]],
    [[0.0, 150.0], [0.0, 0.0]],
    [[0.0, 100.0], [160.0, 100.0]],
    [[40.0, 50.0], [200.0, 50.0]],
    [[80.0, 150.0], [80.0, 120.0]],
    [[120.0, 50.0], [120.0, 80.0]],
    [[120.0, 0.0], [120.0, 30.0]],
];
const START: [f64; 2] = [20.0, 125.0];
const GOAL: [f64; 2] = [180.0, 20.0];
/// Whoever is so near has arrived.
const REACH: f64 = 8.0;
/// Nobody comes nearer to a wall. More than half of a step, so that no step leads through one.
const RADIUS: f64 = 2.0;
const MOST_SPEED: f64 = 3.0;
/// In radians a tick.
const MOST_TURN: f64 = 0.3;
/// How far the eyes see.
const SIGHT: f64 = 100.0;
/// Directions of the eyes from straight ahead, in radians.
const EYES: [f64; 5] = [-1.5, -0.75, 0.0, 0.75, 1.5];
/// The first heading is off the goal's direction by at most so many radians.
const UNSTEADINESS: f64 = 0.1;

/// The world; its fitness is how much of the way to the goal is done, 1 at the goal.
#[derive(Clone, Debug)]
pub struct Maze {
    position: [f64; 2],
    heading: f64,
    travelled: f64,
}

impl Default for Maze {
    fn default() -> Self {
        Self { position: START, heading: 0.0, travelled: 0.0 }
    }
}

impl World for Maze {
    fn reset(&mut self, seed: u64) {
        *self = Self::default();
        let mut random = Stream::new(seed, 0, 0, 0, Purpose::Episode);
        self.heading += (2.0 * random.unit() - 1.0) * UNSTEADINESS;
    }

    fn observe(&self, observations: &mut [f32]) {
        let (eyes, compass) = observations.split_at_mut(EYES.len());
        for (seen, angle) in eyes.iter_mut().zip(EYES) {
            *seen = (self.free_way(self.heading + angle) / SIGHT) as f32;
        }
        let (x, y) = (GOAL[0] - self.position[0], GOAL[1] - self.position[1]);
        let (sin, cos) = libm::sincos(self.heading);
        let far = distance(GOAL, self.position);
        compass[0] = ((x * cos + y * sin) / far) as f32;
        compass[1] = ((y * cos - x * sin) / far) as f32;
    }

    fn step(&mut self, actions: &[f32]) -> bool {
        let part = |action: f32| f64::from(action).clamp(0.0, 1.0);
        self.heading += (2.0 * part(actions[0]) - 1.0) * MOST_TURN;
        let speed = part(actions[1]) * MOST_SPEED;
        let (sin, cos) = libm::sincos(self.heading);
        let next = [self.position[0] + speed * cos, self.position[1] + speed * sin];
        if WALLS.iter().all(|wall| distance(nearest_point(wall, next), next) >= RADIUS) {
            self.position = next;
            self.travelled += speed;
        }
        self.arrived()
    }

    fn measure(&self, place: usize) -> f64 {
        match place {
            0 if self.arrived() => 1.0,
            0 => 1.0 - distance(self.position, GOAL) / distance([0.0, SIZE[1]], GOAL),
            1 => self.position[0],
            2 => self.position[1],
            _ => self.travelled,
        }
    }
}

impl Maze {
    fn arrived(&self) -> bool {
        distance(self.position, GOAL) < REACH
    }

    /// How far one sees in a direction before there is a wall.
    fn free_way(&self, angle: f64) -> f64 {
        let (sin, cos) = libm::sincos(angle);
        let [x, y] = self.position;
        let hit = |[a, b]: &[[f64; 2]; 2]| {
            let along = [b[0] - a[0], b[1] - a[1]];
            let slant = cos * along[1] - sin * along[0];
            let (far_x, far_y) = (a[0] - x, a[1] - y);
            let way = (far_x * along[1] - far_y * along[0]) / slant;
            let part = (far_x * sin - far_y * cos) / slant;
            // Along a wall the slant is 0, and nothing compares with what comes of it.
            if way >= 0.0 && (0.0..=1.0).contains(&part) { way } else { SIGHT }
        };
        WALLS.iter().map(hit).fold(SIGHT, f64::min)
    }
}

fn distance(a: [f64; 2], b: [f64; 2]) -> f64 {
    let (x, y) = (a[0] - b[0], a[1] - b[1]);
    (x * x + y * y).sqrt()
}

fn nearest_point([a, b]: &[[f64; 2]; 2], to: [f64; 2]) -> [f64; 2] {
    let along = [b[0] - a[0], b[1] - a[1]];
    let square = along[0] * along[0] + along[1] * along[1];
    let part = ((to[0] - a[0]) * along[0] + (to[1] - a[1]) * along[1]) / square;
    let part = part.clamp(0.0, 1.0);
    [a[0] + part * along[0], a[1] + part * along[1]]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(actions: impl Fn(&Maze) -> [f32; 2]) -> (Maze, bool) {
        let mut maze = Maze::default();
        let arrived = (0..400).any(|_| {
            let next = actions(&maze);
            maze.step(&next)
        });
        (maze, arrived)
    }

    /// Actions that lead straight to a point, slowly while the heading is wrong.
    fn toward(maze: &Maze, to: [f64; 2]) -> [f32; 2] {
        let wanted = libm::atan2(to[1] - maze.position[1], to[0] - maze.position[0]);
        let turn = libm::sin(wanted - maze.heading).clamp(-MOST_TURN, MOST_TURN) / MOST_TURN;
        [(turn * 0.5 + 0.5) as f32, if turn.abs() < 0.9 { 1.0 } else { 0.1 }]
    }

    #[test]
    fn whoever_heads_for_the_goal_ends_at_the_first_wall() {
        let (maze, arrived) = walk(|maze| toward(maze, GOAL));
        assert!(!arrived && maze.position[1] > 100.0, "{maze:?}");
    }

    #[test]
    fn the_way_through_both_corridors_leads_to_the_goal() {
        let stations = [
            [80.0, 110.0],
            [180.0, 110.0],
            [180.0, 90.0],
            [120.0, 90.0],
            [20.0, 75.0],
            [20.0, 40.0],
            [120.0, 40.0],
            GOAL,
        ];
        let next = std::cell::Cell::new(0);
        let (maze, arrived) = walk(|maze| {
            if distance(maze.position, stations[next.get()]) < 6.0 && next.get() + 1 < stations.len() {
                next.set(next.get() + 1);
            }
            toward(maze, stations[next.get()])
        });
        assert!(arrived && maze.measure(0).to_bits() == 1.0f64.to_bits(), "{maze:?}");
        assert!(maze.measure(3) > 400.0);
    }

    #[test]
    fn eyes_see_the_walls_where_they_are() {
        let maze = Maze { position: [120.0, 110.0], heading: 0.0, travelled: 0.0 };
        let near = |angle: f64, expected: f64| (maze.free_way(angle) - expected).abs() < 1e-9;
        assert!(near(0.0, 80.0) && near(std::f64::consts::PI, SIGHT));
        assert!(near(-std::f64::consts::FRAC_PI_2, 10.0) && near(std::f64::consts::FRAC_PI_2, 40.0));
    }
}
