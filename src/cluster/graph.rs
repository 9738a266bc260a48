//! The neighbour graph: undirected, weighted, degree-normalised.

use std::ops::Range;

use linfa::dataset::Records;
use rayon::prelude::*;

use crate::index::Neighbours;

/// Links that take less than this share of a row's weight are left out unless the other end chooses them: they
/// decide nothing, and are most.
pub(crate) const LEAST_SHARE: f32 = 0.002;
/// Nodes whose edges are read by one worker at a time.
const TOGETHER: usize = 256;
/// Blocks of so many that a worker takes on at the most, so that none is left with many when the others are done.
const SHARE: usize = 16;
/// Sections at the most in which edges are put in order at once: each goes through all links.
const MOST_SECTIONS: usize = 8;

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

/// One end of a link.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Edge {
    /// The other end.
    pub target: u32,
    /// Weight, before degrees are divided out.
    pub weight: f32,
    /// Share of it that is kept, 0 to 1.
    pub keep: f32,
}

/// How many edges a node has, and what they weigh in all.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Size {
    /// Those of some weight.
    pub edges: usize,
    /// Sum of their weights.
    pub degree: f32,
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
        weight: impl Fn(usize, usize, f32) -> f32 + Sync,
    ) -> Self {
        let mut graph = Self::symmetric(neighbours, stay, weight);
        graph.normalise_degrees(stay);
        graph
    }

    /// Two graphs of the same nodes in one pass, as links are much to read: from the edges of each of `nodes` at either
    /// scale, by ascending target and each given from both ends with the same weight; those of no weight are left out.
    /// `sizes` tell beforehand how many edges each node has, and how much they weigh. Degrees are normalised as in
    /// [`from_neighbours`](Self::from_neighbours); then of each edge the share `keep` stays and the rest goes to the
    /// self-loops of both ends, as in [`hold_apart`](Self::hold_apart). In parallel.
    pub fn at_two_scales<N: Sync, E: Iterator<Item = [Edge; 2]>>(
        nodes: &[N],
        sizes: impl Fn(&N) -> [Size; 2],
        edges: impl Fn(&N) -> E + Sync,
        stay: f32,
    ) -> [Self; 2] {
        let sizes: Vec<[Size; 2]> = nodes.iter().map(sizes).collect();
        let [(mut fine, fine_scale), (mut coarse, coarse_scale)] =
            [0, 1].map(|at| Self::unfilled(sizes.iter().map(|sizes| sizes[at]), stay));
        nodes.par_chunks(TOGETHER).zip(fine.parts(&fine_scale)).zip(coarse.parts(&coarse_scale)).for_each(
            |((nodes, mut fine), mut coarse)| {
                for node in nodes {
                    for [at_fine, at_coarse] in edges(node) {
                        fine.push(at_fine);
                        coarse.push(at_coarse);
                    }
                    fine.end();
                    coarse.end();
                }
            },
        );
        [fine, coarse]
    }

    /// A graph of nodes of certain sizes without their edges as yet, and what these are to be multiplied by at either end.
    fn unfilled(sizes: impl Iterator<Item = Size>, stay: f32) -> (Self, Vec<f32>) {
        let (mut offsets, mut scale) = (vec![0], Vec::new());
        let mut count = 0;
        for Size { edges, degree } in sizes {
            count += edges;
            offsets.push(count);
            scale.push(scale_of(degree + stay));
        }
        let loops = scale.iter().map(|s| s * s * stay).collect();
        (Self { offsets, targets: vec![0; count], weights: vec![0.0; count], stay: loops }, scale)
    }

    /// Parts of some nodes each, to be filled.
    fn parts<'a>(&'a mut self, scale: &'a [f32]) -> Vec<Part<'a>> {
        let nodes = self.stay.len();
        let ends: Vec<usize> =
            (0..nodes).step_by(TOGETHER).chain([nodes]).map(|node| self.offsets[node]).collect();
        rows_of(&mut self.targets, &ends)
            .into_iter()
            .zip(rows_of(&mut self.weights, &ends))
            .zip(self.stay.chunks_mut(TOGETHER))
            .zip(scale.chunks(TOGETHER))
            .map(|(((targets, weights), stay), own)| Part {
                targets,
                weights,
                stay,
                own,
                scale,
                node: 0,
                edge: 0,
            })
            .collect()
    }

    fn symmetric(
        neighbours: &Neighbours,
        stay: f32,
        weight: impl Fn(usize, usize, f32) -> f32 + Sync,
    ) -> Self {
        let firsts: Vec<usize> = (0..neighbours.len()).step_by(TOGETHER).collect();
        let chosen: Vec<Chosen> = firsts
            .par_iter()
            .with_max_len(SHARE)
            .map(|&first| {
                let rows = first..neighbours.len().min(first + TOGETHER);
                Chosen::of(rows, neighbours, stay, &weight)
            })
            .collect();
        let mut ends = vec![0; neighbours.len() + 1];
        for (row, links) in chosen.iter().flat_map(Chosen::rows).enumerate() {
            ends[row + 1] += links.len();
            links.iter().for_each(|&(other, _)| ends[other as usize + 1] += 1);
        }
        for row in 0..neighbours.len() {
            ends[row + 1] += ends[row];
        }
        let sections: Vec<Self> =
            sections(&ends).into_par_iter().map(|rows| Self::section(rows, &chosen, &ends)).collect();
        drop(chosen);
        sections.into_iter().reduce(Self::followed_by).unwrap_or_else(|| Self::section(0..0, &[], &[0]))
    }

    /// The edges of `rows`: links that these chose, and those by which others chose them. Targets ascend; of two edges to
    /// the same target the heavier counts. `ends` tell how many there are of each row.
    fn section(rows: Range<usize>, chosen: &[Chosen], ends: &[usize]) -> Self {
        let first = ends[rows.start];
        let mut edges = vec![(0u32, 0f32); ends[rows.end] - first];
        let mut free: Vec<usize> = ends[rows.clone()].iter().map(|end| end - first).collect();
        let mut put = |row: usize, edge| {
            let free = &mut free[row - rows.start];
            edges[*free] = edge;
            *free += 1;
        };
        for (row, links) in chosen.iter().flat_map(Chosen::rows).enumerate() {
            let is_here = rows.contains(&row);
            for &(other, weight) in links {
                if is_here {
                    put(row, (other, weight));
                }
                if rows.contains(&(other as usize)) {
                    put(other as usize, (row as u32, weight));
                }
            }
        }
        let ends: Vec<usize> = ends[rows.start..=rows.end].iter().map(|end| end - first).collect();
        for list in rows_of(&mut edges, &ends) {
            list.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
        }
        Self::from_sorted(&edges, &ends)
    }

    /// From the edges of each row by target; of those to the same target the first counts.
    fn from_sorted(edges: &[(u32, f32)], ends: &[usize]) -> Self {
        let (mut offsets, mut targets, mut weights) = (
            Vec::with_capacity(ends.len()),
            Vec::with_capacity(edges.len()),
            Vec::with_capacity(edges.len()),
        );
        offsets.push(0);
        for row in ends.windows(2) {
            for same in edges[row[0]..row[1]].chunk_by(|a, b| a.0 == b.0) {
                targets.push(same[0].0);
                weights.push(same[0].1);
            }
            offsets.push(targets.len());
        }
        Self { offsets, targets, weights, stay: Vec::new() }
    }

    /// With the rows of `next` after its own.
    fn followed_by(mut self, next: Self) -> Self {
        let before = self.targets.len();
        self.offsets.extend(next.offsets[1..].iter().map(|end| before + end));
        self.targets.extend(next.targets);
        self.weights.extend(next.weights);
        self
    }

    fn normalise_degrees(&mut self, stay: f32) {
        let scale: Vec<f32> = (0..self.len())
            .into_par_iter()
            .with_min_len(TOGETHER)
            .map(|row| {
                let degree: f32 = self.edges(row).1.iter().sum();
                scale_of(degree + stay)
            })
            .collect();
        self.stay = scale.iter().map(|s| s * s * stay).collect();
        let targets = &self.targets;
        rows_of(&mut self.weights, &self.offsets)
            .into_par_iter()
            .zip(self.offsets.par_windows(2))
            .zip(&scale)
            .with_min_len(TOGETHER)
            .for_each(|((weights, ends), own)| {
                for (weight, &target) in weights.iter_mut().zip(&targets[ends[0]..ends[1]]) {
                    *weight *= own * scale[target as usize];
                }
            });
    }

    /// Keeps of each edge the share `keep(a, b)`, 0 to 1 and symmetric. The rest goes to the self-loops of both ends:
    /// holding two nodes apart binds neither closer to others. In parallel.
    pub fn hold_apart(&mut self, keep: impl Fn(usize, usize) -> f32 + Sync) {
        let (offsets, targets) = (&self.offsets, &self.targets);
        rows_of(&mut self.weights, offsets)
            .into_par_iter()
            .zip(&mut self.stay)
            .enumerate()
            .with_min_len(TOGETHER)
            .for_each(|(row, (weights, stay))| {
                for (weight, &target) in weights.iter_mut().zip(&targets[offsets[row]..]) {
                    let kept = *weight * keep(row, target as usize);
                    *stay += *weight - kept;
                    *weight = kept;
                }
            });
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

/// Rows divided among the threads there are, so that each has about as many edges. What comes out does not depend on how.
fn sections(ends: &[usize]) -> Vec<Range<usize>> {
    let (rows, edges) = (ends.len() - 1, ends[ends.len() - 1]);
    let count = rayon::current_num_threads().min(MOST_SECTIONS);
    let begin = |section: usize| match section {
        _ if section == count => rows,
        _ => ends.partition_point(|&end| end < edges * section / count),
    };
    (0..count).map(|section| begin(section)..begin(section + 1)).collect()
}

/// What the weights of a node's edges are multiplied by, given its degree.
fn scale_of(degree: f32) -> f32 {
    if degree > 0.0 { degree.sqrt().recip() } else { 0.0 }
}

/// The nodes of a graph that one worker gives their edges, one node after another.
struct Part<'a> {
    targets: &'a mut [u32],
    weights: &'a mut [f32],
    stay: &'a mut [f32],
    /// What weights are multiplied by at the end that is here, and at all ends.
    own: &'a [f32],
    scale: &'a [f32],
    /// The node and the edge that come next.
    node: usize,
    edge: usize,
}

impl Part<'_> {
    /// Adds an edge of the node that is not ended.
    fn push(&mut self, Edge { target, weight, keep }: Edge) {
        if weight > 0.0 {
            let weight = weight * (self.own[self.node] * self.scale[target as usize]);
            let kept = weight * keep;
            self.stay[self.node] += weight - kept;
            self.targets[self.edge] = target;
            self.weights[self.edge] = kept;
            self.edge += 1;
        }
    }

    fn end(&mut self) {
        self.node += 1;
    }
}

/// The parts of `edges` that belong to each row.
fn rows_of<'a, T>(mut edges: &'a mut [T], ends: &[usize]) -> Vec<&'a mut [T]> {
    ends.windows(2)
        .map(|row| {
            let (list, rest) = std::mem::take(&mut edges).split_at_mut(row[1] - row[0]);
            edges = rest;
            list
        })
        .collect()
}

/// The links that count of some rows, one row after another, with their weights. A list of its own for each row would take
/// more memory and give none of it back.
struct Chosen {
    ends: Vec<usize>,
    links: Vec<(u32, f32)>,
}

impl Chosen {
    fn of(
        rows: Range<usize>,
        neighbours: &Neighbours,
        stay: f32,
        weight: &impl Fn(usize, usize, f32) -> f32,
    ) -> Self {
        let (mut ends, mut links) = (Vec::with_capacity(rows.len()), Vec::new());
        let mut weighed: Vec<(u32, f32)> = Vec::new();
        for row in rows {
            let (others, similarities) = neighbours.of(row);
            let of_row = others.iter().zip(similarities);
            weighed.clear();
            weighed
                .extend(of_row.map(|(&other, &similarity)| (other, weight(row, other as usize, similarity))));
            let least = LEAST_SHARE * (stay + weighed.iter().map(|link| link.1).sum::<f32>());
            links.extend(weighed.iter().filter(|link| link.1 >= least));
            ends.push(links.len());
        }
        links.shrink_to_fit();
        Self { ends, links }
    }

    /// The links of each row.
    fn rows(&self) -> impl Iterator<Item = &[(u32, f32)]> {
        self.ends.iter().scan(0, |begin, &end| {
            let links = &self.links[*begin..end];
            *begin = end;
            Some(links)
        })
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

    /// Three rows: 0 and 1 are near, 2 is near neither but lists both; 1 does not list 2.
    fn neighbours() -> Neighbours {
        Neighbours::from_lists(vec![vec![(0.9, 1), (0.01, 2)], vec![(0.9, 0)], vec![(0.2, 1), (0.01, 0)]])
    }

    #[test]
    fn edges_stand_at_both_ends_with_one_weight() {
        let graph = Graph::from_neighbours(&neighbours(), 0.1, |_, _, content| content);
        for node in 0..graph.len() {
            let (targets, weights) = graph.edges(node);
            assert!(targets.is_sorted());
            for (&target, weight) in targets.iter().zip(weights) {
                let (back, their) = graph.edges(target as usize);
                let at = back.iter().position(|&end| end as usize == node).unwrap();
                assert_eq!(weight, &their[at]);
            }
        }
        assert_eq!(graph.edges(1).0, [0, 2]);
    }

    #[test]
    fn is_the_same_by_any_number_of_threads() {
        let lists = (0..700u32).map(|row| {
            let other = |step: u32| (1.0 / (1 + row % 7 + step) as f32, (row * 13 + step * step) % 700);
            (1..20).map(other).filter(|link| link.1 != row).collect()
        });
        let neighbours = Neighbours::from_lists(lists.collect());
        let by = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| Graph::from_neighbours(&neighbours, 0.1, |_, _, content| content))
        };
        let alone = by(1);
        assert!(alone.offsets.len() == 701 && alone.edges(699).0.len() > 3);
        for threads in [2, 3, 11] {
            let graph = by(threads);
            assert_eq!((&graph.offsets, &graph.targets), (&alone.offsets, &alone.targets));
            assert_eq!((&graph.weights, &graph.stay), (&alone.weights, &alone.stay));
        }
    }

    #[test]
    fn weights_are_divided_by_the_roots_of_both_degrees() {
        let graph = Graph::from_neighbours(&neighbours(), 0.1, |_, _, content| content);
        let (zero, one) = (0.1f32 + 0.9 + 0.01, 0.1f32 + 0.9 + 0.2);
        assert!((graph.edges(1).1[0] - 0.9 / (zero * one).sqrt()).abs() < 1e-6);
        assert!((graph.stay[1] - 0.1 / one).abs() < 1e-6);
    }

    #[test]
    fn a_link_that_is_nothing_to_both_ends_is_left_out() {
        let graph = Graph::from_neighbours(&neighbours(), 0.1, |_, _, content| content.powi(4));
        assert_eq!(graph.edges(0).0, [1]);
        assert_eq!(graph.edges(2).0, [1]);
    }

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
