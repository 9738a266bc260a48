//! Topics on a plane: those that mean much the same lie near each other, and none covers another.
//!
//! The vectors of meaning of all topics are projected on their two principal components, spread so that the
//! plane is used evenly, and then pushed apart until the circles no longer overlap.

mod principal;
mod spread;

use ndarray::Array2;

use crate::vector::StaticEmbedding;
use principal::coordinates;
use spread::{evenly, push_apart};

/// What is put on the map: what a topic says, and how large it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Subject {
    /// Its label, keywords and typical titles.
    pub text: String,
    /// Headlines in it.
    pub size: usize,
}

/// A circle on a plane that is `width` wide and 1 high.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spot {
    /// Centre, from the left.
    pub x: f64,
    /// Centre, from the top.
    pub y: f64,
    /// Radius; the area goes with the size.
    pub radius: f64,
}

/// Share of the plane that circles cover.
const COVERED: f64 = 0.22;
/// Largest and smallest radius.
const RADII: (f64, f64) = (0.006, 0.11);

/// A place for every subject, in their order, on a plane `width` wide and 1 high. The same subjects have the same places.
pub fn layout(subjects: &[Subject], width: f64) -> Vec<Spot> {
    let radii = radii(subjects, width);
    let [across, down] = project(subjects);
    let places = evenly(&across, width).into_iter().zip(evenly(&down, 1.0));
    let mut spots: Vec<Spot> = places.zip(radii).map(|((x, y), radius)| Spot { x, y, radius }).collect();
    push_apart(&mut spots, width);
    spots
}

/// Radii of which the areas go with the sizes.
fn radii(subjects: &[Subject], width: f64) -> Vec<f64> {
    let total: usize = subjects.iter().map(|subject| subject.size).sum();
    let unit = COVERED * width / (total.max(1) as f64 * std::f64::consts::PI);
    let (least, most) = RADII;
    subjects.iter().map(|subject| (subject.size as f64 * unit).sqrt().clamp(least, most)).collect()
}

/// First and second principal component of what the subjects mean.
fn project(subjects: &[Subject]) -> [Vec<f64>; 2] {
    let texts: Vec<&str> = subjects.iter().map(|subject| subject.text.as_str()).collect();
    let meanings = StaticEmbedding::embedded().embed(&texts);
    let values: Vec<f64> = (0..meanings.len()).flat_map(|row| meanings.row(row).map(f64::from)).collect();
    let shape = (subjects.len(), values.len() / subjects.len().max(1));
    let rows = Array2::from_shape_vec(shape, values).unwrap_or_else(|_| Array2::zeros((subjects.len(), 0)));
    coordinates(&rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDTH: f64 = 1.6;

    fn subjects() -> Vec<Subject> {
        let texts = [
            "earthquake: strong quake shakes coast, tsunami warning",
            "volcano erupts, ash cloud closes airport",
            "flood: rivers rise, villages under water",
            "central bank raises interest rates, inflation",
            "stock markets fall, shares lose, investors worry",
            "trade tariffs: exports, imports and customs",
            "football: team wins cup final",
            "tennis: champion beats rival in final",
            "cycling: rider wins stage of tour",
        ];
        texts
            .iter()
            .zip(1..)
            .map(|(text, size)| Subject { text: (*text).to_owned(), size: size * 7 })
            .collect()
    }

    fn distance(a: Spot, b: Spot) -> f64 {
        (a.x - b.x).hypot(a.y - b.y)
    }

    #[test]
    fn circles_lie_on_the_plane_and_none_covers_another() {
        let spots = layout(&subjects(), WIDTH);
        for (at, a) in spots.iter().enumerate() {
            assert!(a.x - a.radius >= -1e-9 && a.x + a.radius <= WIDTH + 1e-9, "{a:?}");
            assert!(a.y - a.radius >= -1e-9 && a.y + a.radius <= 1.0 + 1e-9, "{a:?}");
            for b in &spots[..at] {
                assert!(distance(*a, *b) >= (a.radius + b.radius) * 0.98, "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn what_means_much_the_same_lies_near() {
        let spots = layout(&subjects(), WIDTH);
        let mean = |pairs: &[(usize, usize)]| {
            pairs.iter().map(|&(a, b)| distance(spots[a], spots[b])).sum::<f64>() / pairs.len() as f64
        };
        let within = mean(&[(0, 1), (0, 2), (1, 2), (3, 4), (3, 5), (4, 5), (6, 7), (6, 8), (7, 8)]);
        let between = mean(&[(0, 3), (0, 6), (1, 4), (1, 7), (2, 5), (2, 8), (3, 6), (4, 7), (5, 8)]);
        assert!(within < 0.8 * between, "{within} within, {between} between");
    }

    #[test]
    fn the_same_subjects_have_the_same_places() {
        assert_eq!(layout(&subjects(), WIDTH), layout(&subjects(), WIDTH));
    }

    /// More topics than the map shows, in words of no language.
    #[test]
    fn names_that_mean_nothing_have_places() {
        let syllables = ["bra", "cor", "dul", "fen", "gim", "hos", "jar", "kel"];
        let name = |n: usize| [n, n / 8, n / 64, n / 3].map(|part| syllables[part % 8]).concat();
        let subjects: Vec<Subject> = (0..600).map(|n| Subject { text: name(n * 37), size: 2 }).collect();
        let spots = layout(&subjects, WIDTH);
        assert!(spots.iter().all(|spot| spot.x.is_finite() && spot.y.is_finite()));
    }

    #[test]
    fn any_number_of_subjects_has_a_map() {
        for count in 0..6 {
            let spots = layout(&subjects()[..count], WIDTH);
            assert_eq!(spots.len(), count);
            assert!(spots.iter().all(|spot| spot.x.is_finite() && spot.y.is_finite()));
        }
        let same = vec![Subject { text: "flood".into(), size: 2 }; 40];
        assert_eq!(layout(&same, WIDTH).len(), 40);
        let empty = vec![Subject { text: String::new(), size: 0 }; 5];
        assert_eq!(layout(&empty, WIDTH).len(), 5);
    }
}
