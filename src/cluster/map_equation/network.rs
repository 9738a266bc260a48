//! Flow of the random walker over a graph.

use std::borrow::Cow;

use rayon::prelude::*;

use crate::cluster::{Graph, Partition};

/// Groups aggregated by one worker at a time.
const AGGREGATED_TOGETHER: usize = 256;
/// Links to other groups that most groups do not have more of; of no consequence but for speed.
const LINKS_OF_GROUP: usize = 32;
/// Links whose weights are summed by one worker at a time.
const SUMMED_TOGETHER: usize = 16_384;

/// Stationary flow on nodes and links; the sum over nodes is 1.
pub(super) struct Network<'a> {
    offsets: Cow<'a, [usize]>,
    targets: Cow<'a, [u32]>,
    /// Weight of each link.
    weights: Cow<'a, [f32]>,
    /// Flow along a link of weight 1, times the Markov time.
    unit: f64,
    /// Share of time the walker spends at each node.
    pub(super) node_flow: Vec<f64>,
    /// Rate of leaving each node for another, times the Markov time.
    pub(super) exit_flow: Vec<f64>,
    /// Sum of x log x over the nodes of the finest level: constant under every partition.
    pub(super) node_entropy: f64,
}

impl<'a> Network<'a> {
    pub(super) fn new(graph: &'a Graph, markov_time: f64) -> Self {
        // In parts of fixed size, so that it does not depend on the number of threads.
        let sum = |weights: &[f32]| weights.iter().map(|&weight| f64::from(weight)).sum::<f64>();
        let sums: Vec<f64> = graph.weights.par_chunks(SUMMED_TOGETHER).map(sum).collect();
        let total = sums.into_iter().sum::<f64>() + sum(&graph.stay);
        let unit = if total > 0.0 { total.recip() } else { 0.0 };
        let mut network = Self {
            offsets: Cow::Borrowed(&graph.offsets),
            targets: Cow::Borrowed(&graph.targets),
            weights: Cow::Borrowed(&graph.weights),
            unit: unit * markov_time,
            node_flow: Vec::new(),
            exit_flow: Vec::new(),
            node_entropy: 0.0,
        };
        // From the links as rounded, so that what is kept while nodes move agrees with them.
        network.exit_flow = (0..graph.len())
            .into_par_iter()
            .with_min_len(AGGREGATED_TOGETHER)
            .map(|node| network.links(node).map(|(_, flow)| f64::from(flow)).sum())
            .collect();
        network.node_flow = network
            .exit_flow
            .iter()
            .zip(&graph.stay)
            .map(|(exit, &stay)| exit / markov_time + f64::from(stay) * unit)
            .collect();
        network.node_entropy = network.node_flow.iter().map(|&flow| super::modules::plogp(flow)).sum();
        network
    }

    /// The same nodes and links at a Markov time that is so many times as long.
    pub(super) fn stretched(&self, factor: f64) -> Network<'_> {
        Network {
            offsets: Cow::Borrowed(&self.offsets),
            targets: Cow::Borrowed(&self.targets),
            weights: Cow::Borrowed(&self.weights),
            unit: self.unit * factor,
            node_flow: self.node_flow.clone(),
            exit_flow: self.exit_flow.iter().map(|flow| flow * factor).collect(),
            node_entropy: self.node_entropy,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.node_flow.len()
    }

    /// Where the links of a node lead, and the flow along each, times the Markov time.
    pub(super) fn links(&self, node: usize) -> impl Iterator<Item = (u32, f32)> + '_ {
        let range = self.offsets[node]..self.offsets[node + 1];
        // Worked out at each look: a copy of all would be another four bytes a link to read and to hold.
        let flows = self.weights[range.clone()].iter().map(|&weight| (f64::from(weight) * self.unit) as f32);
        self.targets[range].iter().copied().zip(flows)
    }

    /// Rate of leaving a node for nodes with another label.
    pub(super) fn exit_from(&self, node: usize, labels: &[u32]) -> f64 {
        let others = self.links(node).filter(|link| labels[link.0 as usize] != labels[node]);
        others.map(|(_, flow)| f64::from(flow)).sum()
    }

    /// The network whose nodes are the groups of `partition`. In parallel.
    pub(super) fn aggregate(&self, partition: &Partition) -> Network<'static> {
        let (nodes, begins) = partition.by_group();
        let groups: Vec<u32> = (0..partition.len() as u32).collect();
        let links: Vec<LinksOfGroups> = groups
            .par_chunks(AGGREGATED_TOGETHER)
            .map_init(
                || FlowTo::new(partition.len()),
                |flow_to, groups| {
                    let mut links = Vec::with_capacity(LINKS_OF_GROUP * groups.len());
                    let mut ends = Vec::with_capacity(groups.len());
                    for &group in groups {
                        let members = &nodes[begins[group as usize]..begins[group as usize + 1]];
                        self.links_of_group(group, members, partition.groups_of_rows(), flow_to);
                        links.extend(flow_to.links());
                        ends.push(links.len());
                    }
                    (links, ends)
                },
            )
            .collect();
        let count = links.iter().map(|(links, _)| links.len()).sum();
        let mut coarse = Network {
            offsets: Cow::default(),
            targets: Cow::default(),
            weights: Cow::default(),
            unit: 1.0,
            node_flow: vec![0.0; partition.len()],
            exit_flow: Vec::with_capacity(partition.len()),
            node_entropy: self.node_entropy,
        };
        for (&group, &flow) in partition.groups_of_rows().iter().zip(&self.node_flow) {
            coarse.node_flow[group as usize] += flow;
        }
        let (mut offsets, mut targets, mut flows) =
            (Vec::with_capacity(partition.len() + 1), Vec::with_capacity(count), Vec::with_capacity(count));
        offsets.push(0);
        for (links, ends) in links {
            let (before, mut begin) = (targets.len(), 0);
            for end in ends {
                coarse.exit_flow.push(links[begin..end].iter().map(|&(_, flow)| f64::from(flow)).sum());
                offsets.push(before + end);
                begin = end;
            }
            targets.extend(links.iter().map(|link| link.0));
            flows.extend(links.iter().map(|link| link.1));
        }
        coarse.weights = Cow::Owned(flows);
        coarse.offsets = Cow::Owned(offsets);
        coarse.targets = Cow::Owned(targets);
        coarse
    }

    /// The network of `members`, those of one group of a partition with each node's `place` among them: links to others
    /// are left out, while what is left along them stays in the rates of leaving.
    pub(super) fn within(&self, members: &[u32], group_of: &[u32], place: &[u32]) -> Network<'static> {
        let mut inner = Network {
            offsets: Cow::default(),
            targets: Cow::default(),
            weights: Cow::default(),
            unit: 1.0,
            node_flow: members.iter().map(|&node| self.node_flow[node as usize]).collect(),
            exit_flow: members.iter().map(|&node| self.exit_flow[node as usize]).collect(),
            node_entropy: self.node_entropy,
        };
        let (mut offsets, mut targets, mut flows) =
            (Vec::with_capacity(members.len() + 1), Vec::new(), Vec::new());
        offsets.push(0);
        for &node in members {
            let group = group_of[node as usize];
            for (target, flow) in self.links(node as usize) {
                if group_of[target as usize] == group {
                    targets.push(place[target as usize]);
                    flows.push(flow);
                }
            }
            offsets.push(targets.len());
        }
        inner.offsets = Cow::Owned(offsets);
        inner.weights = Cow::Owned(flows);
        inner.targets = Cow::Owned(targets);
        inner
    }

    /// Adds up in `flow_to` the flow from the nodes of a group to other groups, in order of the nodes' links.
    fn links_of_group(&self, group: u32, members: &[u32], group_of: &[u32], flow_to: &mut FlowTo) {
        flow_to.clear();
        for &node in members {
            for (target, flow) in self.links(node as usize) {
                let other = group_of[target as usize];
                if other != group {
                    flow_to.add(other, f64::from(flow));
                }
            }
        }
    }
}

/// Links of some groups, one group after another, and where in them each ends.
type LinksOfGroups = (Vec<(u32, f32)>, Vec<usize>);

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

    /// What was touched, with the flow there.
    fn links(&self) -> impl Iterator<Item = (u32, f32)> + '_ {
        self.touched.iter().map(|&other| (other, self.flow[other as usize] as f32))
    }

    pub(super) fn add(&mut self, module: u32, flow: f64) {
        let slot = &mut self.flow[module as usize];
        if *slot == 0.0 {
            self.touched.push(module);
        }
        *slot += flow;
    }
}
