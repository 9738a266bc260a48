//! The neighbour graph: undirected, weighted, degree-normalised.

use linfa::dataset::Records;
use rayon::prelude::*;

use crate::index::Neighbours;

/// An undirected weighted graph in compressed sparse row form; every edge is stored from both ends, targets
/// ascend, no self-loops.
#[derive(Debug, Clone)]
pub struct Graph {
    pub(super) offsets: Vec<usize>,
    pub(super) targets: Vec<u32>,
    pub(super) weights: Vec<f32>,
    /// Weight of each node's self-loop.
    pub(super) stay: Vec<f32>,
}

impl Graph {
    /// Links every row with its neighbours by `weight(row, other, similarity)`, the larger of both
    /// directions, then divides each weight by the square root of both ends' weighted degrees
    /// (`D^-1/2 W D^-1/2`), so that hubs do not swallow their surroundings.
    ///
    /// `stay` is added to every degree as the weight of a self-loop. It keeps the absolute scale of
    /// similarities, which dividing by degrees alone would lose: a headline whose best neighbour is weak
    /// stays by itself rather than being pulled wherever it is pulled least weakly.
    pub fn from_neighbours(
        neighbours: &Neighbours,
        stay: f32,
        weight: impl Fn(usize, usize, f32) -> f32,
    ) -> Self {
        let mut graph = Self::symmetric(neighbours, weight);
        graph.normalise_degrees(stay);
        graph
    }

    fn symmetric(neighbours: &Neighbours, weight: impl Fn(usize, usize, f32) -> f32) -> Self {
        let rows = neighbours.len();
        let mut edges: Vec<Vec<(u32, f32)>> = vec![Vec::new(); rows];
        for row in 0..rows {
            let (others, similarities) = neighbours.of(row);
            for (&other, &similarity) in others.iter().zip(similarities) {
                let weight = weight(row, other as usize, similarity);
                edges[row].push((other, weight));
                edges[other as usize].push((row as u32, weight));
            }
        }
        edges.par_iter_mut().for_each(|list| {
            list.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
            list.dedup_by_key(|edge| edge.0);
        });
        let mut graph = Self { offsets: vec![0], targets: Vec::new(), weights: Vec::new(), stay: Vec::new() };
        for list in edges {
            graph.targets.extend(list.iter().map(|edge| edge.0));
            graph.weights.extend(list.iter().map(|edge| edge.1));
            graph.offsets.push(graph.targets.len());
        }
        graph
    }

    fn normalise_degrees(&mut self, stay: f32) {
        let scale: Vec<f32> = (0..self.len())
            .map(|row| {
                let degree: f32 = self.edges(row).1.iter().sum::<f32>() + stay;
                if degree > 0.0 { degree.sqrt().recip() } else { 0.0 }
            })
            .collect();
        self.stay = scale.iter().map(|s| s * s * stay).collect();
        for row in 0..self.len() {
            for edge in self.offsets[row]..self.offsets[row + 1] {
                self.weights[edge] *= scale[row] * scale[self.targets[edge] as usize];
            }
        }
    }

    /// Number of nodes.
    pub fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Whether there are no nodes.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Neighbours of `node` and the weights of the edges to them.
    pub fn edges(&self, node: usize) -> (&[u32], &[f32]) {
        let range = self.offsets[node]..self.offsets[node + 1];
        (&self.targets[range.clone()], &self.weights[range])
    }
}

impl Records for Graph {
    type Elem = f32;

    fn nsamples(&self) -> usize {
        self.len()
    }

    fn nfeatures(&self) -> usize {
        self.len()
    }
}
