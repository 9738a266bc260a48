//! The neighbour graph: undirected, weighted, degree-normalised.

use linfa::dataset::Records;

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
        let mut ends = vec![0; rows + 1];
        let links =
            || (0..rows).flat_map(|row| neighbours.of(row).0.iter().map(move |&other| (row, other as usize)));
        for (row, other) in links() {
            ends[row + 1] += 1;
            ends[other + 1] += 1;
        }
        for row in 0..rows {
            ends[row + 1] += ends[row];
        }
        let mut edges = vec![(0u32, 0f32); ends[rows]];
        let mut free = ends.clone();
        for row in 0..rows {
            let (others, similarities) = neighbours.of(row);
            for (&other, &similarity) in others.iter().zip(similarities) {
                let weight = weight(row, other as usize, similarity);
                edges[free[row]] = (other, weight);
                edges[free[other as usize]] = (row as u32, weight);
                free[row] += 1;
                free[other as usize] += 1;
            }
        }
        let mut graph = Self { offsets: vec![0], targets: Vec::new(), weights: Vec::new(), stay: Vec::new() };
        for row in 0..rows {
            let list = &mut edges[ends[row]..ends[row + 1]];
            list.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
            let mut last = None;
            for &(target, weight) in list.iter() {
                if last != Some(target) {
                    graph.targets.push(target);
                    graph.weights.push(weight);
                    last = Some(target);
                }
            }
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

    /// Keeps of each edge the share `keep(a, b)`, 0 to 1 and symmetric. The rest goes to the self-loops of both ends:
    /// holding two nodes apart binds neither closer to others.
    pub fn hold_apart(&mut self, keep: impl Fn(usize, usize) -> f32) {
        for row in 0..self.len() {
            for edge in self.offsets[row]..self.offsets[row + 1] {
                let kept = self.weights[edge] * keep(row, self.targets[edge] as usize);
                self.stay[row] += self.weights[edge] - kept;
                self.weights[edge] = kept;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holding_two_apart_changes_no_other_edge_and_no_degree() {
        let lists = vec![vec![(0.9, 1), (0.5, 2)], vec![(0.4, 2)], vec![]];
        let graph =
            Graph::from_neighbours(&Neighbours::from_lists(lists), 0.3, |_, _, similarity| similarity);
        let degree = |graph: &Graph, row: usize| graph.edges(row).1.iter().sum::<f32>() + graph.stay[row];
        let mut parted = graph.clone();
        parted.hold_apart(|a, b| if a + b == 1 { 0.1 } else { 1.0 });
        assert!((parted.edges(0).1[0] - 0.1 * graph.edges(0).1[0]).abs() < 1e-6);
        assert_eq!(parted.edges(0).1[1], graph.edges(0).1[1]);
        assert_eq!(parted.edges(2), graph.edges(2));
        for row in 0..3 {
            assert!((degree(&parted, row) - degree(&graph, row)).abs() < 1e-6);
        }
    }
}
