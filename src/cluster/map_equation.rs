//! Two-level map equation with Markov time, minimised by local moving, aggregation and tuning.
//!
//! A random walker on the graph is described with one code book for steps between modules and one for each
//! module; the partition with the shortest description is the one in which the walker stays long in each
//! module. Rosvall & Bergstrom, "Maps of random walks on complex networks reveal community structure",
//! PNAS 2008. The Markov time scales how often the walker's position is encoded and with it the rates of
//! leaving modules: longer times give larger modules. Schaub, Lambiotte & Barahona, "Encoding dynamics for
//! multiscale community detection: Markov time sweeping for the map equation", Phys. Rev. E 2012.

use linfa::dataset::DatasetBase;
use linfa::param_guard::ParamGuard;
use linfa::traits::Fit;
use rayon::prelude::*;
use thiserror::Error;

use super::{Graph, Partition};

mod modules;
mod network;

use modules::Modules;
use network::Network;

/// What can be wrong with the parameters of [`MapEquation`].
#[derive(Debug, Error)]
pub enum MapEquationError {
    /// The Markov time is not a positive number.
    #[error("the Markov time must be a positive number, not {0}")]
    MarkovTime(f64),
    /// An error of linfa's own.
    #[error(transparent)]
    Linfa(#[from] linfa::Error),
}

/// Checked parameters of [`MapEquation`].
#[derive(Debug, Clone, PartialEq)]
pub struct MapEquationValidParams {
    markov_time: f64,
    rounds: usize,
}

/// Parameters of [`MapEquation`], to be checked.
#[derive(Debug, Clone, PartialEq)]
pub struct MapEquationParams(MapEquationValidParams);

impl Default for MapEquationParams {
    fn default() -> Self {
        Self(MapEquationValidParams { markov_time: 1.0, rounds: 10 })
    }
}

impl MapEquationParams {
    /// Scale of the modules: below 1 finer, above 1 coarser.
    pub fn markov_time(mut self, markov_time: f64) -> Self {
        self.0.markov_time = markov_time;
        self
    }

    /// Most rounds of tuning after the first solution.
    pub fn rounds(mut self, rounds: usize) -> Self {
        self.0.rounds = rounds;
        self
    }
}

impl ParamGuard for MapEquationParams {
    type Checked = MapEquationValidParams;
    type Error = MapEquationError;

    fn check_ref(&self) -> Result<&Self::Checked, Self::Error> {
        let time = self.0.markov_time;
        if time.is_finite() && time > 0.0 { Ok(&self.0) } else { Err(MapEquationError::MarkovTime(time)) }
    }

    fn check(self) -> Result<Self::Checked, Self::Error> {
        self.check_ref()?;
        Ok(self.0)
    }
}

/// The partition that was found and its description length.
#[derive(Debug, Clone)]
pub struct MapEquation {
    partition: Partition,
    code_length: f64,
}

impl MapEquation {
    /// Module of each node; a node without edges is a module of its own.
    pub fn partition(&self) -> &Partition {
        &self.partition
    }

    /// Gives up the modules.
    pub fn into_partition(self) -> Partition {
        self.partition
    }

    /// Bits to describe one step of the walker.
    pub fn code_length(&self) -> f64 {
        self.code_length
    }
}

impl<T> Fit<Graph, T, MapEquationError> for MapEquationValidParams {
    type Object = MapEquation;

    fn fit(&self, dataset: &DatasetBase<Graph, T>) -> Result<MapEquation, MapEquationError> {
        Ok(self.minimise(&dataset.records))
    }
}

impl MapEquationValidParams {
    /// Finds modules of `graph` into which each of `groups` goes whole.
    pub fn minimise_groups(&self, graph: &Graph, groups: &Partition) -> MapEquation {
        let network = Network::new(graph, self.markov_time).aggregate(groups);
        let found = self.minimise_flow(&network);
        MapEquation { partition: groups.then(&found.partition), code_length: found.code_length }
    }

    /// Finds modules of `graph`, from single nodes up.
    pub fn minimise(&self, graph: &Graph) -> MapEquation {
        self.minimise_flow(&Network::new(graph, self.markov_time))
    }

    /// Improves modules that are there already. Only nodes that are `active`, and those that what moves draws along,
    /// are looked at, so that the work follows what changed and not the size of the graph.
    pub fn refine(&self, graph: &Graph, start: &Partition, active: &[bool]) -> MapEquation {
        let network = Network::new(graph, self.markov_time);
        self.refine_flow(&network, start, active)
    }

    /// Like [`refine`](Self::refine), of modules into which each of `groups` goes whole: `start` and `active` are of
    /// groups.
    pub fn refine_groups(
        &self,
        graph: &Graph,
        groups: &Partition,
        start: &Partition,
        active: &[bool],
    ) -> MapEquation {
        let network = Network::new(graph, self.markov_time).aggregate(groups);
        let found = self.refine_flow(&network, start, active);
        MapEquation { partition: groups.then(&found.partition), code_length: found.code_length }
    }

    fn minimise_flow(&self, network: &Network) -> MapEquation {
        // Large modules form more easily than they are put together from parts later: parts that belong in one may be
        // many, and no two of them gain by being merged alone.
        let found = climb(Modules::singletons(&network.stretched(HEAD_START)), None);
        self.tune(Modules::new(network, &found.labels))
    }

    /// Where little changed one round of moving nodes and one of moving submodules and modules does nearly all there is to
    /// do; where everything may have, it is tuned as from nothing.
    fn refine_flow(&self, network: &Network, start: &Partition, active: &[bool]) -> MapEquation {
        let mut modules = Modules::new(network, start.groups_of_rows());
        if active.iter().all(|&is_active| is_active) {
            return self.tune(modules);
        }
        modules.move_nodes(Some(active));
        let moved = Found { labels: modules.labels().to_vec(), code_length: modules.code_length() };
        let tuned = coarse_tune(network, &moved.labels, Some(active));
        if tuned.code_length < moved.code_length { tuned.into() } else { moved.into() }
    }

    /// Fine and coarse tuning in turns, until the description stops getting shorter. Fine tuning lets single nodes leave
    /// the modules they were carried into.
    fn tune(&self, start: Modules) -> MapEquation {
        let network = start.network();
        let mut best = Found { labels: start.labels().to_vec(), code_length: start.code_length() };
        let mut start = Some(start);
        for round in 0..self.rounds {
            let tuned = match round % 2 {
                0 => climb(start.take().unwrap_or_else(|| Modules::new(network, &best.labels)), None),
                _ => coarse_tune(network, &best.labels, None),
            };
            let gain = best.code_length - tuned.code_length;
            if gain > 0.0 {
                best = tuned;
            }
            if gain < LEAST_GAIN * best.code_length && round > 0 {
                break;
            }
        }
        best.into()
    }
}

/// A partition on the way.
struct Found {
    labels: Vec<u32>,
    code_length: f64,
}

impl From<Found> for MapEquation {
    fn from(found: Found) -> Self {
        Self { partition: Partition::new(&found.labels), code_length: found.code_length }
    }
}

/// Modules are first sought at a Markov time that is longer by this factor.
const HEAD_START: f64 = 1.1;

/// Tuning stops when a round shortens the description by less than this share.
const LEAST_GAIN: f64 = 1e-4;

/// Moves nodes, then whole modules, then modules of modules, until nothing gets shorter.
fn climb(mut modules: Modules, active: Option<&[bool]>) -> Found {
    modules.move_nodes(active);
    let mut partition = Partition::new(modules.labels());
    let mut active = active.map(|active| of_groups(active, &partition));
    let mut coarse = modules.network().aggregate(&partition);
    loop {
        let mut modules = Modules::singletons(&coarse);
        if !modules.move_nodes(active.as_deref()) {
            let labels = partition.groups_of_rows().to_vec();
            return Found { labels, code_length: modules.code_length() };
        }
        let merged = Partition::new(modules.labels());
        partition = partition.then(&merged);
        active = active.map(|active| of_groups(&active, &merged));
        coarse = coarse.aggregate(&merged);
    }
}

/// The groups with an active member.
fn of_groups(active: &[bool], groups: &Partition) -> Vec<bool> {
    let mut of_groups = vec![false; groups.len()];
    for (&group, &active) in groups.groups_of_rows().iter().zip(active) {
        of_groups[group as usize] |= active;
    }
    of_groups
}

/// Splits every module, or those with active nodes, into its own best submodules and moves those.
fn coarse_tune(network: &Network, labels: &[u32], active: Option<&[bool]>) -> Found {
    let modules = Partition::new(labels);
    let is_split = active.map_or_else(|| vec![true; modules.len()], |active| of_groups(active, &modules));
    let submodules = submodules(network, &modules, &is_split);
    let coarse = network.aggregate(&submodules);
    let mut parents = vec![0; coarse.len()];
    let mut is_active = vec![false; coarse.len()];
    for (&module, &submodule) in modules.groups_of_rows().iter().zip(submodules.groups_of_rows()) {
        parents[submodule as usize] = module;
        is_active[submodule as usize] = is_split[module as usize];
    }
    let start = Modules::new(&coarse, Partition::new(&parents).groups_of_rows());
    let moved = climb(start, Some(&is_active));
    let labels = submodules.then(&Partition::new(&moved.labels)).groups_of_rows().to_vec();
    Found { labels, code_length: moved.code_length }
}

/// Modules split at a time by one worker, at the least.
const SPLIT_TOGETHER: usize = 16;

/// The best submodules of each module that is split, all others that are standing as single nodes; those that are not split
/// are a submodule of their own. In parallel.
fn submodules(network: &Network, modules: &Partition, is_split: &[bool]) -> Partition {
    let (nodes, begins) = modules.by_group();
    let module_of = modules.groups_of_rows();
    // What leaves the nodes of each module, one by one, or the module where it is not split.
    let exit_of = |module: usize| -> f64 {
        let leaves = |&node: &u32| -> f64 {
            match is_split[module] {
                true => network.exit_flow[node as usize],
                false => network.exit_from(node as usize, module_of),
            }
        };
        nodes[begins[module]..begins[module + 1]].iter().map(leaves).sum()
    };
    let exits: Vec<f64> =
        (0..modules.len()).into_par_iter().with_min_len(SPLIT_TOGETHER).map(exit_of).collect();
    let total_exit: f64 = exits.iter().sum();
    let mut place = vec![0; nodes.len()];
    for range in begins.windows(2) {
        (0..).zip(&nodes[range[0]..range[1]]).for_each(|(at, &node)| place[node as usize] = at);
    }
    let submodules_of = |module: usize| {
        let members = &nodes[begins[module]..begins[module + 1]];
        if !is_split[module] || members.len() == 1 {
            return vec![0; members.len()];
        }
        let inner = network.within(members, module_of, &place);
        let mut inner = Modules::singletons(&inner).beside(total_exit - exits[module]);
        inner.move_nodes(None);
        inner.labels().to_vec()
    };
    let found: Vec<Vec<u32>> =
        (0..modules.len()).into_par_iter().with_min_len(SPLIT_TOGETHER).map(submodules_of).collect();
    let mut first = vec![0; nodes.len()];
    for (module, labels) in found.iter().enumerate() {
        let members = &nodes[begins[module]..begins[module + 1]];
        for (&node, &label) in members.iter().zip(labels) {
            first[node as usize] = members[label as usize];
        }
    }
    Partition::new(&first)
}

#[cfg(test)]
mod tests;
