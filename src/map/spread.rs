//! Uses the plane evenly, and lets no circle cover another.

use super::Spot;

/// Share of a place that follows from rank alone: without it a few that are far out press all others together.
const BY_RANK: f64 = 0.6;
/// Rounds of pushing; fewer than half of them are needed for a thousand topics.
const ROUNDS: usize = 400;
/// Space kept between two circles.
const GAP: f64 = 0.003;

/// Places from 0 to `length` in the order of `values`, partly by rank and partly by value; in the middle where all are
/// the same.
pub(super) fn evenly(values: &[f64], length: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]).then(a.cmp(&b)));
    let (Some(&first), Some(&last)) = (order.first(), order.last()) else { return Vec::new() };
    let range = values[last] - values[first];
    let mut places = vec![length / 2.0; values.len()];
    if range > 0.0 {
        for (rank, &at) in order.iter().enumerate() {
            let by_rank = rank as f64 / (values.len() - 1) as f64;
            let by_value = (values[at] - values[first]) / range;
            places[at] = length * (BY_RANK * by_rank + (1.0 - BY_RANK) * by_value);
        }
    }
    places
}

/// Moves circles that overlap away from each other, the smaller one further, until none does; circles stay on the plane.
pub(super) fn push_apart(spots: &mut [Spot], width: f64) {
    keep_inside(spots, width);
    let widest = spots.iter().map(|spot| spot.radius).fold(0.0, f64::max);
    let mut order: Vec<usize> = (0..spots.len()).collect();
    for round in 0..ROUNDS {
        order.sort_by(|&a, &b| spots[a].x.total_cmp(&spots[b].x).then(a.cmp(&b)));
        let mut moved = false;
        for at in 0..order.len() {
            for next in at + 1..order.len() {
                let (a, b) = (order[at], order[next]);
                if spots[b].x - spots[a].x > spots[a].radius + widest + GAP {
                    break;
                }
                moved |= part(spots, a, b, round);
            }
        }
        keep_inside(spots, width);
        if !moved {
            break;
        }
    }
}

/// Parts two circles if they overlap.
fn part(spots: &mut [Spot], a: usize, b: usize, round: usize) -> bool {
    let (one, other) = (spots[a], spots[b]);
    let wanted = one.radius + other.radius + GAP;
    let (mut dx, mut dy) = (other.x - one.x, other.y - one.y);
    let distance = dx.hypot(dy);
    if distance >= wanted {
        return false;
    }
    // Of two in one place each goes its own way, another one for each pair and round.
    if distance < 1e-9 {
        let angle = (a * 31 + b * 17 + round) as f64;
        (dx, dy) = (angle.cos(), angle.sin());
    } else {
        (dx, dy) = (dx / distance, dy / distance);
    }
    let missing = wanted - distance;
    let share = other.radius.powi(2) / (one.radius.powi(2) + other.radius.powi(2));
    spots[a].x -= dx * missing * share;
    spots[a].y -= dy * missing * share;
    spots[b].x += dx * missing * (1.0 - share);
    spots[b].y += dy * missing * (1.0 - share);
    true
}

fn keep_inside(spots: &mut [Spot], width: f64) {
    for spot in spots {
        spot.x = spot.x.clamp(spot.radius, width - spot.radius);
        spot.y = spot.y.clamp(spot.radius, 1.0 - spot.radius);
    }
}
