//! A partition of rows into groups.

/// For each row the number of its group; groups are numbered from 0 in order of their first row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partition {
    group_of: Vec<u32>,
    groups: usize,
}

impl Partition {
    /// From any labels: equal labels make a group.
    pub fn new(labels: &[u32]) -> Self {
        let most = labels.iter().copied().max().map_or(0, |label| label as usize + 1);
        let mut numbers = vec![u32::MAX; most];
        let mut groups = 0;
        let group_of = labels
            .iter()
            .map(|&label| {
                let number = &mut numbers[label as usize];
                if *number == u32::MAX {
                    *number = groups;
                    groups += 1;
                }
                *number
            })
            .collect();
        Self { group_of, groups: groups as usize }
    }

    /// Group of each row.
    pub fn groups_of_rows(&self) -> &[u32] {
        &self.group_of
    }

    /// Number of groups.
    pub fn len(&self) -> usize {
        self.groups
    }

    /// Whether there are no groups.
    pub fn is_empty(&self) -> bool {
        self.groups == 0
    }

    /// Rows of each group, ascending.
    pub fn members(&self) -> Vec<Vec<usize>> {
        let mut members = vec![Vec::new(); self.groups];
        for (row, &group) in self.group_of.iter().enumerate() {
            members[group as usize].push(row);
        }
        members
    }

    /// Rows by group, ascending in each, and where in them each group begins and the last one ends.
    pub fn by_group(&self) -> (Vec<u32>, Vec<usize>) {
        let mut begins = vec![0; self.groups + 1];
        for &group in &self.group_of {
            begins[group as usize + 1] += 1;
        }
        for group in 0..self.groups {
            begins[group + 1] += begins[group];
        }
        let (mut rows, mut free) = (vec![0; self.group_of.len()], begins.clone());
        for (row, &group) in (0..).zip(&self.group_of) {
            rows[free[group as usize]] = row;
            free[group as usize] += 1;
        }
        (rows, begins)
    }

    /// Number of rows of each group.
    pub fn sizes(&self) -> Vec<usize> {
        let mut sizes = vec![0; self.groups];
        for &group in &self.group_of {
            sizes[group as usize] += 1;
        }
        sizes
    }

    /// The partition of rows that results when `of_groups` groups this partition's groups.
    pub fn then(&self, of_groups: &Partition) -> Self {
        let labels: Vec<u32> =
            self.group_of.iter().map(|&group| of_groups.group_of[group as usize]).collect();
        Self::new(&labels)
    }
}
