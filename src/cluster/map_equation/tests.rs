use proptest::prelude::*;

use super::*;

/// An undirected graph with these edges and self-loops of weight `stay`, not degree-normalised.
fn graph(nodes: usize, edges: &[(usize, usize, f32)], stay: f32) -> Graph {
    let mut lists = vec![Vec::new(); nodes];
    for &(a, b, weight) in edges {
        lists[a].push((b as u32, weight));
        lists[b].push((a as u32, weight));
    }
    let mut graph =
        Graph { offsets: vec![0], targets: Vec::new(), weights: Vec::new(), stay: vec![stay; nodes] };
    for mut list in lists {
        list.sort_by_key(|edge| edge.0);
        graph.targets.extend(list.iter().map(|edge| edge.0));
        graph.weights.extend(list.iter().map(|edge| edge.1));
        graph.offsets.push(graph.targets.len());
    }
    graph
}

fn map_equation(markov_time: f64) -> MapEquationValidParams {
    MapEquationParams::default().markov_time(markov_time).check().unwrap()
}

fn minimise(graph: &Graph, markov_time: f64) -> MapEquation {
    map_equation(markov_time).minimise(graph)
}

/// Two triangles joined by one edge.
fn triangles() -> Graph {
    let edges = [(0, 1), (1, 2), (0, 2), (3, 4), (4, 5), (3, 5), (2, 3)];
    graph(6, &edges.map(|(a, b)| (a, b, 1.0)), 0.0)
}

#[test]
fn two_triangles_are_two_modules_with_the_code_length_worked_out_by_hand() {
    let found = minimise(&triangles(), 1.0);
    assert_eq!(found.partition().groups_of_rows(), [0, 0, 0, 1, 1, 1]);
    // Of 14 link ends each module has 7, and is left along one: q = 1/14 each, p = 1/2. Nodes have 2 ends, the two
    // that are joined have 3. L = H(index) + H(modules) = q log q terms as in Rosvall & Bergstrom, eq. 4.
    let plogp = |x: f64| x * x.log2();
    let nodes = 4.0 * plogp(2.0 / 14.0) + 2.0 * plogp(3.0 / 14.0);
    let wanted = plogp(2.0 / 14.0) - 2.0 * 2.0 * plogp(1.0 / 14.0) - nodes + 2.0 * plogp(1.0 / 14.0 + 0.5);
    assert!((found.code_length() - wanted).abs() < 1e-6, "{} is not {wanted}", found.code_length());
}

#[test]
fn a_longer_markov_time_merges_and_a_shorter_one_splits() {
    assert_eq!(minimise(&triangles(), 4.0).partition().len(), 1);
    assert!(minimise(&triangles(), 0.2).partition().len() > 2);
}

#[test]
fn a_strong_self_loop_keeps_a_node_by_itself() {
    let edges = [(0, 1, 0.01)];
    assert_eq!(minimise(&graph(2, &edges, 0.0), 1.0).partition().len(), 1);
    assert_eq!(minimise(&graph(2, &edges, 1.0), 1.0).partition().len(), 2);
}

#[test]
fn nodes_without_edges_are_modules_of_their_own() {
    assert_eq!(minimise(&graph(3, &[], 0.0), 1.0).partition().len(), 3);
    assert!(minimise(&graph(0, &[], 0.0), 1.0).partition().is_empty());
}

#[test]
fn groups_go_whole_into_modules() {
    let groups = Partition::new(&[0, 0, 1, 1, 2, 2]);
    let found = map_equation(1.0).minimise_groups(&triangles(), &groups);
    let modules = found.partition().groups_of_rows();
    assert!(modules.chunks(2).all(|pair| pair[0] == pair[1]), "{modules:?}");
}

/// The shortest description under any partition of the nodes.
fn shortest(graph: &Graph, markov_time: f64) -> f64 {
    let network = Network::new(graph, markov_time);
    let mut best = f64::MAX;
    let mut labels = vec![0u32; graph.len()];
    loop {
        best = best.min(Modules::new(&network, &labels).code_length());
        // The next labels in which each is at most one above the highest before it.
        let Some(at) = (1..labels.len()).rev().find(|&at| {
            let highest = labels[..at].iter().copied().max().unwrap_or(0);
            labels[at] <= highest
        }) else {
            return best;
        };
        labels[at] += 1;
        labels[at + 1..].fill(0);
    }
}

proptest! {
    #[test]
    fn the_search_comes_close_to_the_best_of_all_partitions(
        edges in prop::collection::btree_map((0usize..6, 0usize..6), 0.1f32..1.0, 1..12),
        markov_time in 0.5f64..2.0,
    ) {
        let edges: Vec<_> = edges.into_iter().filter(|((a, b), _)| a < b).map(|((a, b), w)| (a, b, w)).collect();
        let graph = graph(6, &edges, 0.1);
        let found = minimise(&graph, markov_time);
        let best = shortest(&graph, markov_time);
        // Flows of aggregated modules are rounded.
        prop_assert!(found.code_length() >= best - 1e-6);
        prop_assert!(found.code_length() <= best * 1.05 + 1e-9, "{} bits, {} possible", found.code_length(), best);
    }

    #[test]
    fn the_code_length_kept_while_moving_is_that_of_the_labels(
        edges in prop::collection::btree_map((0usize..12, 0usize..12), 0.1f32..1.0, 1..40),
    ) {
        let edges: Vec<_> = edges.into_iter().filter(|((a, b), _)| a < b).map(|((a, b), w)| (a, b, w)).collect();
        let graph = graph(12, &edges, 0.1);
        let network = Network::new(&graph, 1.0);
        let mut modules = Modules::singletons(&network);
        modules.move_nodes(None);
        let anew = Modules::new(&network, modules.labels()).code_length();
        prop_assert!((modules.code_length() - anew).abs() < 1e-9);
    }
}
