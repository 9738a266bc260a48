//! Links written down in few bytes, as most of what is remembered of a collection: each once, at the later of its texts.

use super::links::Link;

/// What stands in the byte before the numbers of a link: whether a guard holds the two apart, and which numbers follow.
/// A link without these has a weight of 0, and is as much alike as its content is.
const IS_HELD: u8 = 1;
const HAS_ALIKE: u8 = 2;
const HAS_STORY: u8 = 4;
const HAS_TOPIC: u8 = 8;

/// What a link takes at the most, but for one that shared entities make more alike.
const BYTES_OF_LINK: usize = 17;
/// What a link takes at the least.
const LEAST_BYTES_OF_LINK: usize = 9;
const BYTES_OF_COUNT: usize = 4;

/// The links of each text, which ascend: how many each has, and then those with earlier texts.
pub(super) fn pack<'l>(links: impl Iterator<Item = &'l [Link]> + Clone) -> Vec<u8> {
    let (texts, ends) = links.clone().fold((0, 0), |(texts, ends), links| (texts + 1, ends + links.len()));
    let mut bytes = Vec::with_capacity(2 * BYTES_OF_COUNT * texts + ends / 2 * BYTES_OF_LINK);
    links.clone().for_each(|links| bytes.extend((links.len() as u32).to_le_bytes()));
    for (row, links) in (0..).zip(links) {
        let earlier = &links[..links.partition_point(|link| link.other < row)];
        bytes.extend((earlier.len() as u32).to_le_bytes());
        earlier.iter().for_each(|link| put(link, &mut bytes));
    }
    bytes
}

/// The links of so many texts, from both ends; none if the bytes do not tell of them.
pub(super) fn unpack(bytes: &[u8], texts: usize) -> Option<Vec<Vec<Link>>> {
    let (counts, mut bytes) = bytes.split_at_checked(BYTES_OF_COUNT.checked_mul(texts)?)?;
    let counts = || counts.as_chunks().0.iter().map(|count| u32::from_le_bytes(*count) as usize);
    // Nobody may be made to set memory aside for more links than there are bytes for.
    if counts().sum::<usize>() > 2 * (bytes.len() / LEAST_BYTES_OF_LINK) {
        return None;
    }
    let mut links: Vec<Vec<Link>> = counts().map(Vec::with_capacity).collect();
    for row in 0..texts {
        let count = u32::from_le_bytes(take(&mut bytes)?);
        for _ in 0..count {
            let link = get(&mut bytes)?;
            let is_next = links[row].last().is_none_or(|last| last.other < link.other);
            let (before, rest) = links.split_at_mut(row);
            let other = before.get_mut(link.other as usize).filter(|_| is_next)?;
            other.push(Link { other: row as u32, ..link });
            rest[0].push(link);
        }
    }
    let are_counted = counts().eq(links.iter().map(Vec::len));
    (bytes.is_empty() && are_counted).then_some(links)
}

fn put(link: &Link, bytes: &mut Vec<u8>) {
    let Link { other, content, alike, story, topic, is_held } = *link;
    let has_alike = alike.to_bits() != content.to_bits();
    let numbers =
        [(has_alike, HAS_ALIKE, alike), (story != 0.0, HAS_STORY, story), (topic != 0.0, HAS_TOPIC, topic)];
    let flags =
        numbers.iter().filter(|number| number.0).fold(u8::from(is_held), |flags, number| flags | number.1);
    bytes.push(flags);
    bytes.extend(other.to_le_bytes());
    bytes.extend(content.to_le_bytes());
    for (_, _, number) in numbers.iter().filter(|number| number.0) {
        bytes.extend(number.to_le_bytes());
    }
}

fn get(bytes: &mut &[u8]) -> Option<Link> {
    let [flags] = take(bytes)?;
    let other = u32::from_le_bytes(take(bytes)?);
    let content = f32::from_le_bytes(take(bytes)?);
    let mut number = |flag: u8, missing: f32| match flags & flag {
        0 => Some(missing),
        _ => take(bytes).map(f32::from_le_bytes),
    };
    let alike = number(HAS_ALIKE, content)?;
    let (story, topic) = (number(HAS_STORY, 0.0)?, number(HAS_TOPIC, 0.0)?);
    Some(Link { other, content, alike, story, topic, is_held: flags & IS_HELD != 0 })
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (first, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(*first)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Links of texts with earlier ones, from both ends.
    fn links() -> impl Strategy<Value = Vec<Vec<Link>>> {
        let number =
            || prop_oneof![Just(0.0f32), any::<f32>().prop_filter("a number", |number| !number.is_nan())];
        let link = (any::<bool>(), number(), number(), number(), number(), any::<bool>());
        prop::collection::vec(prop::collection::vec(link, 0..6), 0..6).prop_map(|rows| {
            let mut links = vec![Vec::new(); rows.len()];
            for (row, others) in rows.into_iter().enumerate() {
                for (other, (is_linked, content, alike, story, topic, is_held)) in
                    others.into_iter().take(row).enumerate()
                {
                    if is_linked {
                        let link = Link { other: other as u32, content, alike, story, topic, is_held };
                        links[row].push(link);
                        links[other].push(Link { other: row as u32, ..link });
                    }
                }
            }
            links
        })
    }

    proptest! {
        #[test]
        fn links_come_back_as_they_were(links in links()) {
            let bytes = pack(links.iter().map(Vec::as_slice));
            prop_assert_eq!(unpack(&bytes, links.len()), Some(links));
        }

        #[test]
        fn bytes_that_are_no_links_are_refused_or_read_as_some(bytes: Vec<u8>, texts in 0usize..5) {
            if let Some(links) = unpack(&bytes, texts) {
                prop_assert!(links.iter().all(|list| list.is_sorted_by_key(|link| link.other)));
                prop_assert_eq!(unpack(&pack(links.iter().map(Vec::as_slice)), texts).map(|links| links.len()), Some(texts));
            }
        }
    }

    #[test]
    fn a_link_to_a_later_text_or_to_itself_and_what_is_left_over_are_refused() {
        let link = |other| Link { other, content: 0.5, alike: 0.5, story: 0.0, topic: 0.25, is_held: false };
        let lists = [vec![link(1)], vec![link(0)]];
        let mut bytes = pack(lists.iter().map(Vec::as_slice));
        assert!(unpack(&bytes, 2).is_some() && unpack(&bytes, 1).is_none() && unpack(&bytes, 3).is_none());
        for other in [1u8, 2] {
            let mut bytes = bytes.clone();
            bytes[BYTES_OF_COUNT * 4 + 1] = other;
            assert_eq!(unpack(&bytes, 2), None);
        }
        bytes.pop();
        assert_eq!(unpack(&bytes, 2), None);
    }
}
