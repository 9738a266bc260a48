//! How steady ids are.

/// Share of headlines whose group changed between two views, 0 to 1: of those that had a group before, how many have
/// another one or none now. Positions agree; `after` may hold more headlines. A headline that finds its first group is
/// no churn, and 0 is the answer where no headline had one.
///
/// ```
/// use slugline::track::churn;
/// let before = [Some("t-1"), Some("t-1"), Some("t-2"), Some("t-2"), None];
/// let after = [Some("t-1"), Some("t-1"), Some("t-1"), None, Some("t-2"), Some("t-3")];
/// assert_eq!(churn(before, after), 0.5);
/// ```
pub fn churn<T: PartialEq>(
    before: impl IntoIterator<Item = Option<T>>,
    after: impl IntoIterator<Item = Option<T>>,
) -> f64 {
    let mut after = after.into_iter();
    let (mut grouped, mut changed) = (0_usize, 0_usize);
    for before in before {
        let after = after.next().flatten();
        if before.is_some() {
            grouped += 1;
            changed += usize::from(before != after);
        }
    }
    if grouped == 0 { 0.0 } else { changed as f64 / grouped as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stays_is_no_churn_and_what_vanishes_is() {
        assert_eq!(churn([Some(1), Some(2)], [Some(1), Some(2), Some(3)]), 0.0);
        assert_eq!(churn([Some(1), Some(2), Some(2), Some(2)], [Some(2), None, Some(2)]), 0.75);
        assert_eq!(churn([None, None], [Some(1), None]), 0.0);
        assert_eq!(churn::<u8>([], []), 0.0);
    }
}
