//! Flow of the random walker over a graph.

use std::borrow::Cow;

use crate::cluster::{Graph, Partition};

/// Stationary flow on nodes and links; the sum over nodes is 1.
pub(super) struct Network<'a> {
    offsets: Cow<'a, [usize]>,
    targets: Cow<'a, [u32]>,
    /// Flow along each link, times the Markov time.
    link_flow: Vec<f32>,
    /// Share of time the walker spends at each node.
    pub(super) node_flow: Vec<f64>,
    /// Rate of leaving each node for another, times the Markov time.
    pub(super) exit_flow: Vec<f64>,
    /// Sum of x log x over the nodes of the finest level: constant under every partition.
    pub(super) node_entropy: f64,
}

impl<'a> Network<'a> {
    pub(super) fn new(graph: &'a Graph, markov_time: f64) -> Self {
        let total: f64 = graph.weights.iter().chain(&graph.stay).map(|&w| f64::from(w)).sum();
        let unit = if total > 0.0 { total.recip() } else { 0.0 };
        let link_flow: Vec<f32> =
            graph.weights.iter().map(|&w| (f64::from(w) * unit * markov_time) as f32).collect();
        // From the links as rounded, so that what is kept while nodes move agrees with them.
        let exit_flow: Vec<f64> = (0..graph.len())
            .map(|node| {
                link_flow[graph.offsets[node]..graph.offsets[node + 1]].iter().map(|&f| f64::from(f)).sum()
            })
            .collect();
        let node_flow: Vec<f64> = exit_flow
            .iter()
            .zip(&graph.stay)
            .map(|(exit, &stay)| exit / markov_time + f64::from(stay) * unit)
            .collect();
        Self {
            offsets: Cow::Borrowed(&graph.offsets),
            targets: Cow::Borrowed(&graph.targets),
            link_flow,
            exit_flow,
            node_entropy: node_flow.iter().map(|&flow| super::modules::plogp(flow)).sum(),
            node_flow,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.node_flow.len()
    }

    pub(super) fn links(&self, node: usize) -> impl Iterator<Item = (u32, f32)> + '_ {
        let range = self.offsets[node]..self.offsets[node + 1];
        self.targets[range.clone()].iter().copied().zip(self.link_flow[range].iter().copied())
    }

    /// The network whose nodes are the groups of `partition`.
    pub(super) fn aggregate(&self, partition: &Partition) -> Network<'static> {
        let group_of = partition.groups_of_rows();
        let (mut offsets, mut targets) = (vec![0], Vec::new());
        let mut coarse = Network {
            offsets: Cow::default(),
            targets: Cow::default(),
            link_flow: Vec::new(),
            node_flow: Vec::with_capacity(partition.len()),
            exit_flow: Vec::with_capacity(partition.len()),
            node_entropy: self.node_entropy,
        };
        let mut flow_to = FlowTo::new(partition.len());
        for (group, members) in partition.members().iter().enumerate() {
            flow_to.clear();
            for (target, flow) in members.iter().flat_map(|&node| self.links(node)) {
                let other = group_of[target as usize];
                if other as usize != group {
                    flow_to.add(other, f64::from(flow));
                }
            }
            flow_to.touched.sort_unstable();
            let links = || flow_to.touched.iter().map(|&other| (other, flow_to.flow[other as usize]));
            coarse.node_flow.push(members.iter().map(|&node| self.node_flow[node]).sum());
            coarse.exit_flow.push(links().map(|link| f64::from(link.1 as f32)).sum());
            targets.extend_from_slice(&flow_to.touched);
            coarse.link_flow.extend(links().map(|link| link.1 as f32));
            offsets.push(targets.len());
        }
        coarse.offsets = Cow::Owned(offsets);
        coarse.targets = Cow::Owned(targets);
        coarse
    }
}

/// Flow from one node, or group, to each group around it; cleared in time proportional to what was touched.
pub(super) struct FlowTo {
    pub(super) flow: Vec<f64>,
    pub(super) touched: Vec<u32>,
}

impl FlowTo {
    pub(super) fn new(modules: usize) -> Self {
        Self { flow: vec![0.0; modules], touched: Vec::new() }
    }

    pub(super) fn clear(&mut self) {
        for &module in &self.touched {
            self.flow[module as usize] = 0.0;
        }
        self.touched.clear();
    }

    pub(super) fn add(&mut self, module: u32, flow: f64) {
        let slot = &mut self.flow[module as usize];
        if *slot == 0.0 {
            self.touched.push(module);
        }
        *slot += flow;
    }
}
