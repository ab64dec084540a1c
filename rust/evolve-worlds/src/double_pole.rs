//! Two poles of different lengths on one cart (Wieland 1991), with the constants of Gomez and
//! Miikkulainen, integrated with fourth-order Runge–Kutta.
//!
//! With velocities the score is the number of ticks survived. Without them it is Gruau's fitness, which
//! damps oscillation: 0.1 · ticks / 1000 + 0.9 · stillness over the last 100 ticks.

use crate::World;

const GRAVITY: f64 = -9.8;
const CART_MASS: f64 = 1.0;
const FORCE: f64 = 10.0;
const HINGE_FRICTION: f64 = 0.000_002;
/// Half the length and the mass of each pole.
const POLES: [(f64, f64); 2] = [(0.5, 0.1), (0.05, 0.01)];
const TRACK: f64 = 2.4;
/// 36 degrees.
const FALLEN: f64 = 0.628_318_53;
const TAU: f64 = 0.01;
const LAST: usize = 100;

/// Position, velocity, then angle and angular velocity of the long and of the short pole.
type State = [f64; 6];

/// The world.
#[derive(Clone, Debug)]
pub struct DoublePole {
    velocities: bool,
    start: State,
    state: State,
    tick: u32,
    /// How much cart and long pole moved, in each of the last ticks; a ring.
    motion: [f64; LAST],
}

impl DoublePole {
    /// With or without velocities among the observations.
    pub fn new(velocities: bool) -> Self {
        // The long pole starts at 4 degrees.
        Self::starting(velocities, [0.0, 0.0, 0.069_813_17, 0.0, 0.0, 0.0])
    }

    /// A world whose episodes begin in another state.
    pub fn starting(velocities: bool, start: [f64; 6]) -> Self {
        Self { velocities, start, state: start, tick: 0, motion: [0.0; LAST] }
    }

    /// The 625 starting states of Gruau's test of generalisation: five values each of position, velocity,
    /// long angle and long velocity, at 5, 25, 50, 75 and 95 % of ±2.16 m, ±1.35 m/s, ±3.6° and ±8.6°/s.
    pub fn test_starts() -> impl Iterator<Item = [f64; 6]> {
        const PLACES: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];
        const HALF_RANGES: [f64; 4] = [2.16, 1.35, 0.062_831_853, 0.150_098_316];
        (0..625usize).map(|number| {
            let value = |digit: u32| {
                let place = PLACES[number / 5usize.pow(digit) % 5];
                (2.0 * place - 1.0) * HALF_RANGES[digit as usize]
            };
            [value(0), value(1), value(2), value(3), 0.0, 0.0]
        })
    }

    fn lost(&self) -> bool {
        self.state[0].abs() > TRACK || self.state[2].abs() > FALLEN || self.state[4].abs() > FALLEN
    }

    fn stillness(&self) -> f64 {
        if (self.tick as usize) < LAST {
            return 0.0;
        }
        0.75 / self.motion.iter().sum::<f64>().max(1e-9)
    }
}

impl World for DoublePole {
    fn reset(&mut self, _seed: u64) {
        *self = Self::starting(self.velocities, self.start);
    }

    fn observe(&self, observations: &mut [f32]) {
        // The reference divides so: angles reach 1.2 just before the pole counts as fallen.
        const SCALES: State = [4.8, 2.0, 0.52, 2.0, 0.52, 2.0];
        let kept = (0..6).filter(|place| self.velocities || place % 2 == 0);
        for (observation, place) in observations.iter_mut().zip(kept) {
            *observation = (self.state[place] / SCALES[place]) as f32;
        }
    }

    fn step(&mut self, actions: &[f32]) -> bool {
        let force = (f64::from(actions[0]).clamp(0.0, 1.0) - 0.5) * 2.0 * FORCE;
        // Two integration steps a tick, as in the reference: the network acts every 0.02 s.
        for _ in 0..2 {
            self.state = runge_kutta(&self.state, force);
        }
        let [x, v, angle, spin, ..] = self.state;
        self.motion[self.tick as usize % LAST] = x.abs() + v.abs() + angle.abs() + spin.abs();
        self.tick += 1;
        self.lost()
    }

    fn measure(&self, _place: usize) -> f64 {
        let ticks = f64::from(self.tick);
        if self.velocities { ticks } else { 0.1 * (ticks / 1_000.0) + 0.9 * self.stillness() }
    }
}

fn derivative(state: &State, force: f64) -> State {
    let [_, velocity, ..] = *state;
    let pole = |which: usize| {
        let (half_length, mass) = POLES[which];
        let (angle, turn) = (state[2 + 2 * which], state[3 + 2 * which]);
        let (sin, cos) = libm::sincos(angle);
        let friction = HINGE_FRICTION * turn / (mass * half_length);
        let push = mass * half_length * turn * turn * sin + 0.75 * mass * cos * (friction + GRAVITY * sin);
        (push, mass * (1.0 - 0.75 * cos * cos), sin, cos, friction, half_length)
    };
    let poles = [pole(0), pole(1)];
    let acceleration = (force + poles[0].0 + poles[1].0) / (CART_MASS + poles[0].1 + poles[1].1);
    let angular = |(_, _, sin, cos, friction, half_length): (f64, f64, f64, f64, f64, f64)| {
        -0.75 * (acceleration * cos + GRAVITY * sin + friction) / half_length
    };
    [velocity, acceleration, state[3], angular(poles[0]), state[5], angular(poles[1])]
}

fn runge_kutta(state: &State, force: f64) -> State {
    let moved = |by: &State, time: f64| -> State { std::array::from_fn(|i| state[i] + by[i] * time) };
    let a = derivative(state, force);
    let b = derivative(&moved(&a, TAU / 2.0), force);
    let c = derivative(&moved(&b, TAU / 2.0), force);
    let d = derivative(&moved(&c, TAU), force);
    std::array::from_fn(|i| state[i] + TAU / 6.0 * (a[i] + 2.0 * b[i] + 2.0 * c[i] + d[i]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticks_until_lost(action: f32) -> u32 {
        let mut world = DoublePole::new(true);
        (1..100_000).find(|_| world.step(&[action])).unwrap()
    }

    #[test]
    fn without_a_push_the_poles_fall_and_a_steady_push_is_worse() {
        let still = ticks_until_lost(0.5);
        assert!((20..100).contains(&still), "{still}");
        assert!(ticks_until_lost(0.0) < still);
    }

    #[test]
    fn a_cart_with_upright_poles_stays_where_it_is() {
        let state = derivative(&[0.3, 0.0, 0.0, 0.0, 0.0, 0.0], 0.0);
        assert_eq!(state, [0.0, 0.0, 0.0, -0.0, 0.0, -0.0]);
    }

    #[test]
    fn energy_is_kept_while_nothing_pushes() {
        let energy = |s: &State| {
            let [_, v, a0, w0, a1, w1] = *s;
            let pole = |(half, mass): (f64, f64), angle: f64, spin: f64| {
                let tip = [v + half * spin * libm::cos(angle), half * spin * libm::sin(angle)];
                0.5 * mass * (tip[0] * tip[0] + tip[1] * tip[1])
                    + 0.5 * (mass * half * half / 3.0) * spin * spin
                    + mass * 9.8 * half * libm::cos(angle)
            };
            0.5 * CART_MASS * v * v + pole(POLES[0], a0, w0) + pole(POLES[1], a1, w1)
        };
        let mut state: State = [0.0, 0.0, 0.3, 0.0, 0.1, 0.0];
        let before = energy(&state);
        for _ in 0..50 {
            state = runge_kutta(&state, 0.0);
        }
        assert!((energy(&state) - before).abs() < 1e-3 * before.abs(), "{} {}", energy(&state), before);
    }

    #[test]
    fn hidden_velocities_leave_three_observations() {
        let mut seen = [9.0; 3];
        DoublePole::new(false).observe(&mut seen);
        assert_eq!(seen[0], 0.0);
        assert!(seen[1] > 0.134 && seen[1] < 0.135 && seen[2] == 0.0);
    }
}
