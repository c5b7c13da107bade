//! How far an attacker can move one amount, and which equation stops it.

use crate::disclosure::system::System;

/// Smaller numbers are noise: entries of a dictionary of tables are whole.
const NOISE: f64 = 1e-9;
/// What a goal may lack and still count as reached.
const LACK: f64 = 1e-6;
/// Steps of one attack; far more than any that was seen.
const STEPS: usize = 4000;

/// How far a variable can fall and rise.
pub(super) type Room = [f64; 2];

/// The movements that keep every equation: some variables written by the others, as in the
/// simplex method. One attack begins where the one before it stopped.
pub(super) struct Dictionary {
    /// `Σ coefficient · movement = 0`; the coefficient of what the row writes is one.
    rows: Vec<Vec<f64>>,
    /// The variable that each row writes by the others.
    written: Vec<usize>,
    /// The row that writes a variable.
    row_of: Vec<Option<usize>>,
}

impl Dictionary {
    #[expect(clippy::cast_precision_loss, reason = "coefficients are small")]
    pub(super) fn new(system: &System) -> Self {
        let count = system.variables.len();
        let mut dictionary = Self { rows: Vec::new(), written: Vec::new(), row_of: vec![None; count] };
        for equation in &system.equations {
            let mut row = vec![0.0; count];
            for (variable, coefficient) in &equation.terms {
                row[*variable] = *coefficient as f64;
            }
            for (known, variable) in dictionary.rows.iter().zip(&dictionary.written) {
                let terms: Vec<(usize, f64)> = terms(known).collect();
                subtract(&mut row, &terms, *variable);
            }
            let largest =
                terms(&row).reduce(|best, next| if next.1.abs() > best.1.abs() { next } else { best });
            // An equation that follows from the others says nothing.
            let Some((variable, _)) = largest else { continue };
            dictionary.rows.push(row);
            dictionary.written.push(variable);
            dictionary.write(dictionary.rows.len() - 1, variable);
        }
        dictionary
    }

    /// Writes a variable by the others of a row, everywhere.
    fn write(&mut self, row: usize, variable: usize) {
        self.row_of[self.written[row]] = None;
        self.row_of[variable] = Some(row);
        self.written[row] = variable;
        let mut own = std::mem::take(&mut self.rows[row]);
        let scale = own[variable];
        for value in &mut own {
            *value /= scale;
        }
        let terms: Vec<(usize, f64)> = terms(&own).collect();
        for other in self.rows.iter_mut().filter(|other| !other.is_empty()) {
            subtract(other, &terms, variable);
        }
        self.rows[row] = own;
    }

    /// What stops an attacker that would move a variable by one unit up or down (`sign`), all others
    /// within their room: its movement in that direction written by those that stand at their limits.
    /// None when it comes so far.
    pub(super) fn stopped(&mut self, goal: usize, sign: f64, room: &[Room]) -> Option<Vec<(usize, f64)>> {
        let mut moved = vec![0.0; room.len()];
        let left = |variable: usize, direction: f64, moved: &[f64]| {
            let limit = match variable {
                own if own == goal => 1.0,
                other => room[other][usize::from(direction > 0.0)],
            };
            (limit - direction.signum() * moved[variable]).max(0.0)
        };
        for _ in 0..STEPS {
            let (entering, direction) = if let Some(row) = self.row_of[goal] {
                let gain = |(variable, value): (usize, f64)| {
                    let rate = -value * sign;
                    let gain = rate.abs() * left(variable, rate, &moved);
                    (gain > NOISE).then_some((gain, variable, rate.signum()))
                };
                let others = || terms(&self.rows[row]).filter(|(variable, _)| *variable != goal);
                let best =
                    others().filter_map(gain).reduce(|best, next| if next.0 > best.0 { next } else { best });
                let Some((_, entering, direction)) = best else {
                    return Some(others().map(|(variable, value)| (variable, -value * sign)).collect());
                };
                (entering, direction)
            } else {
                (goal, sign)
            };
            let (step, leaving) =
                self.step(entering, direction, left(entering, direction, &moved), |variable, rate| {
                    left(variable, rate, &moved)
                });
            moved[entering] += direction * step;
            for (row, variable) in self.rows.iter().zip(&self.written) {
                moved[*variable] -= row[entering] * direction * step;
            }
            if moved[goal] * sign > 1.0 - LACK {
                return None;
            }
            if let Some(row) = leaving {
                self.write(row, entering);
            }
        }
        None
    }

    /// How far a variable can go until another stands at its limit, and the row of that one; none
    /// when it comes to its own.
    fn step(
        &self,
        entering: usize,
        direction: f64,
        own: f64,
        left: impl Fn(usize, f64) -> f64,
    ) -> (f64, Option<usize>) {
        let (mut step, mut leaving, mut largest) = (own, None, 0.0);
        for (row, (terms, variable)) in self.rows.iter().zip(&self.written).enumerate() {
            let rate = -terms[entering] * direction;
            if rate == 0.0 {
                continue;
            }
            let reach = left(*variable, rate) / rate.abs();
            // Of several the largest coefficient keeps the numbers small.
            if reach < step - NOISE || (leaving.is_some() && reach < step + NOISE && rate.abs() > largest) {
                (step, leaving, largest) = (reach.min(step), Some(row), rate.abs());
            }
        }
        (step, leaving)
    }
}

fn terms(row: &[f64]) -> impl Iterator<Item = (usize, f64)> {
    row.iter().copied().enumerate().filter(|(_, value)| *value != 0.0)
}

/// Takes the multiple of another row away that has the same coefficient at a variable.
fn subtract(row: &mut [f64], other: &[(usize, f64)], variable: usize) {
    let factor = row[variable];
    if factor == 0.0 {
        return;
    }
    for (place, value) in other {
        row[*place] -= factor * value;
        if row[*place].abs() < NOISE {
            row[*place] = 0.0;
        }
    }
}
