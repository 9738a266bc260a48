//! A partition under change, with the flows that the map equation needs.

use std::collections::VecDeque;

use rayon::prelude::*;

use super::network::{FlowTo, Network};

/// Nodes whose exits are summed by one worker at a time.
const SUMMED_TOGETHER: usize = 256;

/// A move must shorten the description by at least this many bits.
const LEAST_MOVE: f64 = 1e-10;

/// Modules to which a node has less than this share of its flow to the one it is nearest to are not tried: hardly
/// ever is one the best, and logarithms are what costs.
const LEAST_FLOW: f64 = 0.1;

/// Neighbours of a node that moved are looked at again if at least this share of their flow goes to it: what the others
/// do hardly ever depends on it, and they are most.
const LEAST_STAKE: f64 = 0.01;

/// `x log2 x`, 0 at 0.
pub(super) fn plogp(x: f64) -> f64 {
    if x > 0.0 { x * x.log2() } else { 0.0 }
}

/// Modules of a network and the terms of its description length.
pub(super) struct Modules<'a> {
    network: &'a Network<'a>,
    module_of: Vec<u32>,
    flow: Vec<f64>,
    exit: Vec<f64>,
    /// What each module adds to the description length; kept, because logarithms are what costs.
    term: Vec<f64>,
    size: Vec<u32>,
    empty: Vec<u32>,
    total_exit: f64,
}

impl<'a> Modules<'a> {
    /// Takes module numbers below the number of nodes.
    pub(super) fn new(network: &'a Network<'a>, labels: &[u32]) -> Self {
        let nodes = network.len();
        let mut modules = Self {
            network,
            module_of: labels.to_vec(),
            flow: vec![0.0; nodes],
            exit: vec![0.0; nodes],
            term: vec![0.0; nodes],
            size: vec![0; nodes],
            empty: Vec::new(),
            total_exit: 0.0,
        };
        let exits: Vec<f64> = (0..nodes)
            .into_par_iter()
            .with_min_len(SUMMED_TOGETHER)
            .map(|node| network.exit_from(node, labels))
            .collect();
        for (node, exit) in exits.into_iter().enumerate() {
            let module = labels[node] as usize;
            modules.flow[module] += network.node_flow[node];
            modules.exit[module] += exit;
            modules.size[module] += 1;
        }
        modules.empty =
            (0..nodes as u32).rev().filter(|&module| modules.size[module as usize] == 0).collect();
        modules.weighed()
    }

    /// With terms and total of the flows and exits that are there.
    fn weighed(mut self) -> Self {
        self.total_exit = self.exit.iter().sum();
        for (module, term) in self.term.iter_mut().enumerate() {
            *term = module_term(self.exit[module], self.flow[module]);
        }
        self
    }

    /// Every node on its own.
    pub(super) fn singletons(network: &'a Network<'a>) -> Self {
        let modules = Self {
            network,
            module_of: (0..network.len() as u32).collect(),
            flow: network.node_flow.clone(),
            exit: network.exit_flow.clone(),
            term: vec![0.0; network.len()],
            size: vec![1; network.len()],
            empty: Vec::new(),
            total_exit: 0.0,
        };
        modules.weighed()
    }

    /// As part of a larger network, the modules of which elsewhere are left at this rate in all.
    pub(super) fn beside(mut self, exit: f64) -> Self {
        self.total_exit += exit;
        self
    }

    pub(super) fn network(&self) -> &'a Network<'a> {
        self.network
    }

    pub(super) fn labels(&self) -> &[u32] {
        &self.module_of
    }

    /// `L = plogp(sum q) - 2 sum plogp(q_i) - sum plogp(p_a) + sum plogp(q_i + p_i)`, in bits.
    pub(super) fn code_length(&self) -> f64 {
        plogp(self.total_exit) + self.term.iter().sum::<f64>() - self.network.node_entropy
    }

    /// Moves nodes to the neighbouring module, or to one of their own, that shortens the description most,
    /// until no move does. Begins with all nodes or those that are `active`; others are looked at when a neighbour moved.
    /// Returns whether anything moved.
    pub(super) fn move_nodes(&mut self, active: Option<&[bool]>) -> bool {
        let nodes = self.network.len();
        let mut queued = active.map_or_else(|| vec![true; nodes], <[bool]>::to_vec);
        let mut queue: VecDeque<u32> = (0..nodes as u32).filter(|&node| queued[node as usize]).collect();
        let mut nearby = FlowTo::new(nodes);
        let mut moved = false;
        while let Some(node) = queue.pop_front() {
            let node = node as usize;
            queued[node] = false;
            let Some(to) = self.best_module(node, &mut nearby) else { continue };
            self.relocate(node, to, &nearby);
            moved = true;
            for (target, flow) in self.network.links(node) {
                let target_node = target as usize;
                let has_stake = f64::from(flow) >= LEAST_STAKE * self.network.exit_flow[target_node];
                if has_stake && self.module_of[target_node] != to && !queued[target_node] {
                    queued[target as usize] = true;
                    queue.push_back(target);
                }
            }
        }
        moved
    }

    fn best_module(&self, node: usize, nearby: &mut FlowTo) -> Option<u32> {
        nearby.clear();
        for (target, flow) in self.network.links(node) {
            nearby.add(self.module_of[target as usize], f64::from(flow));
        }
        let from = self.module_of[node] as usize;
        let (node_flow, node_exit) = (self.network.node_flow[node], self.network.exit_flow[node]);
        let from_exit = self.exit[from] - node_exit + 2.0 * nearby.flow[from];
        let leaving = module_term(from_exit, self.flow[from] - node_flow) - self.term[from];
        let rest_exit = self.total_exit - self.exit[from] + from_exit;
        let cost_of = |to: usize| {
            let joined = self.exit[to] + node_exit - 2.0 * nearby.flow[to];
            let total = rest_exit - self.exit[to] + joined;
            leaving + module_term(joined, self.flow[to] + node_flow) - self.term[to] + plogp(total)
        };
        let mut best = (plogp(self.total_exit) - LEAST_MOVE, None);
        let own = self.empty.last().filter(|_| self.size[from] > 1);
        let others = || nearby.touched.iter().filter(|&&module| module as usize != from);
        let flow = |module: &u32| nearby.flow[*module as usize];
        let least = LEAST_FLOW * others().map(flow).fold(0.0, f64::max);
        for &module in others().filter(|module| flow(module) >= least).chain(own) {
            let cost = cost_of(module as usize);
            if cost < best.0 {
                best = (cost, Some(module));
            }
        }
        best.1
    }

    fn relocate(&mut self, node: usize, to: u32, nearby: &FlowTo) {
        let (from, target) = (self.module_of[node] as usize, to as usize);
        let (node_flow, node_exit) = (self.network.node_flow[node], self.network.exit_flow[node]);
        let before = self.exit[from] + self.exit[target];
        self.exit[from] += 2.0 * nearby.flow[from] - node_exit;
        self.exit[target] += node_exit - 2.0 * nearby.flow[target];
        self.total_exit += self.exit[from] + self.exit[target] - before;
        self.flow[from] -= node_flow;
        self.flow[target] += node_flow;
        self.size[from] -= 1;
        if self.size[target] == 0 {
            self.empty.pop();
        }
        self.size[target] += 1;
        if self.size[from] == 0 {
            self.exit[from] = 0.0;
            self.flow[from] = 0.0;
            self.empty.push(from as u32);
        }
        for module in [from, target] {
            self.term[module] = module_term(self.exit[module], self.flow[module]);
        }
        self.module_of[node] = to;
    }
}

/// What one module adds to the description length.
fn module_term(exit: f64, flow: f64) -> f64 {
    plogp(exit + flow) - 2.0 * plogp(exit)
}
