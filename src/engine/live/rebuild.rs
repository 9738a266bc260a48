//! Vectors and links made anew, from all that is known by now: document frequencies, the centre of meaning, how
//! publishers sign. What is gone is forgotten for good, and rows and positions are numbered from 0 again.

use std::sync::Arc;

use super::links::Degrees;
use super::{Live, Text};
use crate::Headline;
use crate::label::Labeller;
use crate::track::Id;

impl Live {
    pub(super) fn rebuild(&mut self) {
        self.renumber();
        self.relearn();
        self.library.reweigh(&self.method);
        let links = self.library.links_of(0..self.texts.len() as u32, true, &self.method);
        for (row, links) in (0..).zip(links) {
            self.attach(row, links);
        }
        self.since_rebuilt = 0;
    }

    /// Drops texts and headlines that are gone.
    fn renumber(&mut self) {
        let mut rows = vec![u32::MAX; self.texts.len()];
        let texts = std::mem::take(&mut self.texts);
        let titles = std::mem::take(&mut self.library.titles);
        for (row, (text, title)) in texts.into_iter().zip(titles).enumerate() {
            if !text.copies.is_empty() {
                rows[row] = self.texts.len() as u32;
                self.library.titles.push(title);
                self.texts.push(Text {
                    copies: Vec::new(),
                    links: Vec::new(),
                    degrees: Degrees::default(),
                    ..text
                });
            }
        }
        self.corrections.renumber(&rows);
        self.library.by_title.retain(|_, row| {
            *row = rows[*row as usize];
            *row != u32::MAX
        });
        let placed = std::mem::take(&mut self.placed);
        self.by_time.clear();
        self.shelf.clear_positions();
        for mut entry in placed.from(0).flatten().cloned() {
            entry.row = rows[entry.row as usize];
            let position = self.placed.len() as u32;
            self.texts[entry.row as usize].copies.push(position);
            self.shelf.add(&entry.headline.id, position);
            if let Some(time) = entry.headline.time {
                self.by_time.insert((time, position));
            }
            self.placed.push(Some(entry));
        }
        for group in self.stories.values_mut() {
            group.rows.iter_mut().for_each(|row| *row = rows[*row as usize]);
            group.shown = None;
        }
        for group in self.topics.values_mut() {
            group.representative = rows.get(group.representative as usize).copied().unwrap_or(0);
            if group.representative == u32::MAX {
                group.representative = group.stories.first().map_or(0, |&story| self.stories[story].rows[0]);
            }
        }
        self.shelf.stale.extend(self.topics.keys());
    }

    /// Counts terms and the use of words from nothing.
    fn relearn(&mut self) {
        self.library.recount();
        let mut shown: Vec<(Id, u32)> =
            self.topics.iter().filter_map(|(key, group)| Some((group.id?, key))).collect();
        shown.sort_unstable();
        let titles: Vec<Vec<&Headline>> = shown
            .iter()
            .map(|&(_, key)| {
                self.rows_of(key).iter().map(|&row| self.texts[row as usize].first.as_ref()).collect()
            })
            .collect();
        let titles: Vec<&[&Headline]> = titles.iter().map(Vec::as_slice).collect();
        self.labeller = Arc::new(Labeller::learn(&titles).leaving_out(self.method.lists().unsaid()));
        self.read_texts();
    }

    /// Lets labels read all texts.
    pub(super) fn read_texts(&mut self) {
        let titles: Vec<&Headline> = self.texts.iter().map(|text| text.first.as_ref()).collect();
        let readings = Arc::make_mut(&mut self.labeller).read_all(&titles);
        for (text, reading) in self.texts.iter_mut().zip(readings) {
            text.reading = Some(Box::new(reading));
        }
    }
}
