//! Lets headlines go from topics to which they hang by a thread.

use crate::cluster::Partition;

/// Members with which a headline is compared to see whether it belongs to a topic.
pub(super) const WITNESSES: usize = 3;
/// Topics up to this size let go of one headline at a time; in larger ones the going of one matters little.
const SMALL: usize = 32;

/// Lets headlines that are stories of their own go from a topic to which they hang by a thread: the mean of
/// their three best similarities within it is below `belong`. In small topics the weakest goes first, because
/// its going may leave others without support. `similarities` gives those of a row to others with the same label.
pub(super) fn loosen(
    stories: &Partition,
    topics: &Partition,
    belong: f32,
    similarities: impl Fn(usize, &[u32]) -> Vec<f32>,
) -> Partition {
    let sizes = stories.sizes();
    let is_alone = |row: usize| sizes[stories.groups_of_rows()[row] as usize] == 1;
    let mut labels = topics.groups_of_rows().to_vec();
    let mut next = topics.len() as u32;
    for mut members in topics.members() {
        while let [first, _, ..] = members[..] {
            let topic = labels[first];
            let support = |row: usize| support(similarities(row, &labels), members.len() - 1);
            let mut weak: Vec<(f32, usize)> = members
                .iter()
                .filter(|&&row| is_alone(row))
                .map(|&row| (support(row), row))
                .filter(|(support, _)| *support < belong)
                .collect();
            weak.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            if members.len() <= SMALL {
                weak.truncate(1);
            }
            if weak.is_empty() {
                break;
            }
            for (_, row) in weak {
                labels[row] = next;
                next += 1;
            }
            members.retain(|&row| labels[row] == topic);
        }
    }
    Partition::new(&labels)
}

/// Mean of the best similarities to the `others` members of a topic, of which there is at least one; those not given
/// are 0.
pub(super) fn support(mut similarities: Vec<f32>, others: usize) -> f32 {
    similarities.sort_unstable_by(|a, b| b.total_cmp(a));
    let witnesses = WITNESSES.min(others);
    similarities.iter().take(witnesses).sum::<f32>() / witnesses as f32
}
