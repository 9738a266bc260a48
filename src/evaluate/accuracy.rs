//! Accuracy under the best one-to-one mapping of clusters to classes.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::contingency::Contingency;

/// Share of rows whose cluster is mapped to their class by the one-to-one mapping that maximises that share.
///
/// Clusters and classes left over when their numbers differ map to nothing, so a method that splits every
/// class in two scores about one half. The mapping is found by the Hungarian method (Kuhn 1955; Munkres 1957)
/// on the sparse table.
pub fn accuracy(table: &Contingency) -> f64 {
    let mut matching = Matching::new(table);
    for class in 0..table.gold_sizes().len() {
        matching.insert(class);
    }
    matching.weight() as f64 / table.total() as f64
}

/// No class, no cluster.
const NONE: usize = usize::MAX;

/// A maximum-weight matching of classes to clusters that grows by one class at a time.
///
/// Prices certify it: `class_price + cluster_price >= count` for every cell, with equality for matched ones, no
/// price below zero, and zero for whatever is unmatched. A new class is served along the shortest alternating
/// path in terms of `class_price + cluster_price - count` (Dijkstra), which ends at a free cluster or at a class
/// cheap enough to give up its own.
struct Matching {
    /// Clusters met by each class, with the number of rows in common.
    cells: Vec<Vec<(usize, i64)>>,
    class_price: Vec<i64>,
    cluster_price: Vec<i64>,
    cluster_of: Vec<usize>,
    class_of: Vec<usize>,
    search: Search,
}

/// Scratch space of one shortest-path search.
struct Search {
    /// Length of the shortest path known to each cluster, `i64::MAX` when none is.
    length: Vec<i64>,
    /// Class from which that path reaches the cluster.
    from: Vec<usize>,
    /// Clusters with a known path.
    seen: Vec<usize>,
    /// Classes whose cells were followed, with the length of the path to each.
    classes: Vec<(usize, i64)>,
    queue: BinaryHeap<Reverse<(i64, usize)>>,
}

/// Where the shortest path ends, and how long it is.
struct End {
    length: i64,
    /// The free cluster reached, or `NONE` when `class` goes without a cluster.
    cluster: usize,
    class: usize,
}

impl Matching {
    fn new(table: &Contingency) -> Self {
        let (classes, clusters) = (table.gold_sizes().len(), table.found_sizes().len());
        let mut cells = vec![Vec::new(); classes];
        for cell in table.cells() {
            cells[cell.gold].push((cell.found, cell.count as i64));
        }
        let search = Search {
            length: vec![i64::MAX; clusters],
            from: vec![NONE; clusters],
            seen: Vec::new(),
            classes: Vec::new(),
            queue: BinaryHeap::new(),
        };
        Self {
            cells,
            class_price: vec![0; classes],
            cluster_price: vec![0; clusters],
            cluster_of: vec![NONE; classes],
            class_of: vec![NONE; clusters],
            search,
        }
    }

    /// Rows covered by the matching.
    fn weight(&self) -> i64 {
        // The prices of matched pairs sum to their counts, and all other prices are zero.
        self.class_price.iter().sum::<i64>() + self.cluster_price.iter().sum::<i64>()
    }

    /// Adds one class and restores the maximum.
    fn insert(&mut self, class: usize) {
        let best =
            self.cells[class].iter().map(|&(cluster, count)| count - self.cluster_price[cluster]).max();
        self.class_price[class] = best.unwrap_or(0).max(0);
        let end = self.shortest_path(class);
        self.reprice(end.length);
        self.augment(class, end);
        self.search.clear();
    }

    fn shortest_path(&mut self, start: usize) -> End {
        let mut best = End { length: i64::MAX, cluster: NONE, class: start };
        self.follow(start, 0, &mut best);
        while let Some(Reverse((length, cluster))) = self.search.queue.pop() {
            if length >= best.length {
                break;
            }
            if length > self.search.length[cluster] {
                continue;
            }
            match self.class_of[cluster] {
                NONE => best = End { length, cluster, class: NONE },
                class => self.follow(class, length, &mut best),
            }
        }
        best
    }

    /// Extends paths through the cells of a class, and considers leaving that class without a cluster.
    fn follow(&mut self, class: usize, length: i64, best: &mut End) {
        let price = self.class_price[class];
        self.search.classes.push((class, length));
        if length + price < best.length {
            *best = End { length: length + price, cluster: NONE, class };
        }
        for &(cluster, count) in &self.cells[class] {
            let through = length + price + self.cluster_price[cluster] - count;
            if through < self.search.length[cluster] {
                self.search.reach(cluster, through, class);
            }
        }
    }

    /// Moves the prices of everything nearer than the end, so that the path becomes tight.
    fn reprice(&mut self, length: i64) {
        for &(class, at) in &self.search.classes {
            self.class_price[class] -= (length - at).max(0);
        }
        for &cluster in &self.search.seen {
            self.cluster_price[cluster] += (length - self.search.length[cluster]).max(0);
        }
    }

    /// Swaps matched and unmatched cells along the path.
    fn augment(&mut self, start: usize, end: End) {
        let mut cluster = end.cluster;
        if cluster == NONE {
            cluster = self.cluster_of[end.class];
            self.cluster_of[end.class] = NONE;
        }
        while cluster != NONE {
            let class = self.search.from[cluster];
            let previous = std::mem::replace(&mut self.cluster_of[class], cluster);
            self.class_of[cluster] = class;
            cluster = if class == start { NONE } else { previous };
        }
    }
}

impl Search {
    fn reach(&mut self, cluster: usize, length: i64, from: usize) {
        if self.length[cluster] == i64::MAX {
            self.seen.push(cluster);
        }
        self.length[cluster] = length;
        self.from[cluster] = from;
        self.queue.push(Reverse((length, cluster)));
    }

    fn clear(&mut self) {
        for &cluster in &self.seen {
            self.length[cluster] = i64::MAX;
        }
        self.seen.clear();
        self.classes.clear();
        self.queue.clear();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Tries every way to map the classes from `class` on to distinct clusters or to none.
    fn exhaustive(table: &[Vec<u64>], class: usize, taken: &mut Vec<bool>) -> u64 {
        let Some(row) = table.get(class) else { return 0 };
        let mut best = exhaustive(table, class + 1, taken);
        for cluster in 0..row.len() {
            if !std::mem::replace(&mut taken[cluster], true) {
                best = best.max(row[cluster] + exhaustive(table, class + 1, taken));
                taken[cluster] = false;
            }
        }
        best
    }

    #[test]
    fn gives_up_the_largest_cell_when_the_rest_gains_more() {
        // Class 0 meets clusters 0 and 1 in 5 and 4 rows, class 1 meets only cluster 0, in 3.
        // Greedy takes 5 and leaves class 1 with nothing: 5 of 12. Best: 4 + 3 = 7 of 12.
        let gold = [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1];
        let found = [0, 0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0];
        assert_eq!(accuracy(&Contingency::new(&gold, &found).unwrap()), 7.0 / 12.0);
    }

    #[test]
    fn leaves_a_class_without_a_cluster_when_classes_outnumber_clusters() {
        // One cluster, classes of 1, 2 and 3 rows: only the largest can have it, 3 of 6.
        let table = Contingency::new(&[0, 1, 1, 2, 2, 2], &[9; 6]).unwrap();
        assert_eq!(accuracy(&table), 0.5);
    }

    proptest! {
        #[test]
        fn equals_exhaustive_search(rows in prop::collection::vec((0_usize..5, 0_usize..5), 1..60)) {
            let (gold, found): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
            let mut counts = vec![vec![0; 5]; 5];
            for (&class, &cluster) in gold.iter().zip(&found) {
                counts[class][cluster] += 1;
            }
            let best = exhaustive(&counts, 0, &mut vec![false; 5]);
            let table = Contingency::new(&gold, &found).unwrap();
            prop_assert_eq!(accuracy(&table), best as f64 / gold.len() as f64);
        }
    }
}
