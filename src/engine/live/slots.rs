//! Groups by their keys.

use std::ops::Index;

use rayon::prelude::*;

/// A map whose keys are numbers close together, in order of the keys. Each stands at its place, so that looking one up takes
/// one step: groups are looked up for every link of every headline that comes.
#[derive(Debug, Clone)]
pub(in crate::engine) struct Slots<T> {
    /// Key of the first place.
    first: u32,
    places: Vec<Option<T>>,
}

impl<T> Default for Slots<T> {
    fn default() -> Self {
        Self { first: 0, places: Vec::new() }
    }
}

impl<T> Slots<T> {
    /// With room for so many.
    pub fn with_capacity(places: usize) -> Self {
        Self { first: 0, places: Vec::with_capacity(places) }
    }

    pub fn get(&self, key: u32) -> Option<&T> {
        self.places.get(key.checked_sub(self.first)? as usize)?.as_ref()
    }

    pub fn get_mut(&mut self, key: u32) -> Option<&mut T> {
        self.places.get_mut(key.checked_sub(self.first)? as usize)?.as_mut()
    }

    /// What is at a key, put there first if nothing is.
    pub fn get_or_insert_with(&mut self, key: u32, value: impl FnOnce() -> T) -> &mut T {
        self.place(key).get_or_insert_with(value)
    }

    pub fn insert(&mut self, key: u32, value: T) {
        *self.place(key) = Some(value);
    }

    /// Takes out what is at a key.
    pub fn remove(&mut self, key: u32) -> Option<T> {
        self.places.get_mut(key.checked_sub(self.first)? as usize)?.take()
    }

    /// Makes a place for a key.
    fn place(&mut self, key: u32) -> &mut Option<T> {
        if self.places.is_empty() {
            self.first = key;
        }
        if let Some(before) = self.first.checked_sub(key) {
            self.places.splice(0..0, std::iter::repeat_with(|| None).take(before as usize));
            self.first = key;
        }
        let at = (key - self.first) as usize;
        if at >= self.places.len() {
            self.places.resize_with(at + 1, || None);
        }
        &mut self.places[at]
    }

    pub fn iter(&self) -> impl Iterator<Item = (u32, &T)> {
        (self.first..).zip(&self.places).filter_map(|(key, value)| Some((key, value.as_ref()?)))
    }

    pub fn par_iter(&self) -> impl ParallelIterator<Item = (u32, &T)>
    where
        T: Sync,
    {
        let first = self.first;
        let places = self.places.par_iter().enumerate();
        places.filter_map(move |(at, value)| Some((first + at as u32, value.as_ref()?)))
    }

    pub fn keys(&self) -> impl Iterator<Item = u32> {
        self.iter().map(|(key, _)| key)
    }

    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.places.iter().flatten()
    }

    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.places.iter_mut().flatten()
    }
}

impl<T> Index<u32> for Slots<T> {
    type Output = T;

    /// What is at a key, which must be there.
    fn index(&self, key: u32) -> &T {
        let Some(value) = self.get(key) else { panic!("there is no group {key}") };
        value
    }
}

impl<T> IntoIterator for Slots<T> {
    type Item = (u32, T);
    type IntoIter = std::vec::IntoIter<(u32, T)>;

    fn into_iter(self) -> Self::IntoIter {
        let entries = (self.first..).zip(self.places).filter_map(|(key, value)| Some((key, value?)));
        entries.collect::<Vec<_>>().into_iter()
    }
}

impl<T> FromIterator<(u32, T)> for Slots<T> {
    fn from_iter<I: IntoIterator<Item = (u32, T)>>(entries: I) -> Self {
        let mut slots = Self::default();
        entries.into_iter().for_each(|(key, value)| slots.insert(key, value));
        slots
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_in_order_whatever_the_order_they_were_put_in() {
        let mut slots: Slots<char> = [(7, 'b'), (5, 'a'), (9, 'c')].into_iter().collect();
        assert_eq!(slots.iter().collect::<Vec<_>>(), [(5, &'a'), (7, &'b'), (9, &'c')]);
        assert_eq!(slots.par_iter().collect::<Vec<_>>(), slots.iter().collect::<Vec<_>>());
        assert_eq!((slots.get(6), slots.get(4), slots.get(10)), (None, None, None));
        assert_eq!((slots.remove(7), slots.remove(7), slots.remove(1)), (Some('b'), None, None));
        *slots.get_or_insert_with(9, || 'd') = 'e';
        slots.get_or_insert_with(6, || 'f');
        assert_eq!(slots.into_iter().collect::<Vec<_>>(), [(5, 'a'), (6, 'f'), (9, 'e')]);
    }
}
