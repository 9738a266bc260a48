//! All edits that were made, and what they demand.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::EditRecord;
use super::rules::{Act, Pinned, Rules, renumber};
use crate::ledger::Ledger;

/// What is needed to take an edit back.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(in crate::engine) struct Trace {
    pub acts: Vec<Act>,
    pub shifts: Vec<Shift>,
}

/// Texts that an edit put elsewhere together, and where they came from.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::engine) struct Shift {
    pub rows: Vec<u32>,
    pub story: Origin,
    pub topic: Origin,
}

/// Where texts came from.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::engine) enum Origin {
    /// They did not leave it.
    Same,
    /// From the group of these texts, the first of them that is still there. If none is, the group was theirs alone.
    With(Vec<u32>),
}

/// The edits of a collection and what they demand.
#[derive(Debug, Clone, Default)]
pub(in crate::engine) struct Corrections {
    records: Ledger<EditRecord>,
    traces: Vec<Trace>,
    pub rules: Rules,
}

/// The form in which they are written down.
#[derive(Serialize, Deserialize)]
pub(in crate::engine) struct CorrectionsMemory {
    records: Vec<EditRecord>,
    traces: Vec<Trace>,
    rules: Rules,
}

impl Corrections {
    /// Number of the next edit.
    pub fn next(&self) -> u64 {
        self.records.len() as u64 + 1
    }

    /// The edits in order.
    pub fn records(&self) -> &Ledger<EditRecord> {
        &self.records
    }

    /// The edit of this number.
    pub fn record(&self, number: u64) -> Option<&EditRecord> {
        self.records.get(usize::try_from(number.checked_sub(1)?).ok()?)
    }

    /// What is needed to take an edit back.
    pub fn trace(&self, number: u64) -> Option<&Trace> {
        self.traces.get(usize::try_from(number.checked_sub(1)?).ok()?)
    }

    /// Remembers an edit, whose number is the [next](Self::next). It demands nothing yet.
    pub fn push(&mut self, record: EditRecord) {
        self.records.push(record);
        self.traces.push(Trace::default());
    }

    /// Changes the last edit.
    pub fn change_last(&mut self, change: impl FnOnce(&mut EditRecord, &mut Trace)) {
        let at = self.traces.len().wrapping_sub(1);
        if let (Some(record), Some(trace)) = (self.records.get_mut(at), self.traces.get_mut(at)) {
            change(record, trace);
        }
    }

    /// Has the last edit demand something.
    pub fn demand(&mut self, act: Act, is_there: &dyn Fn(u32) -> bool, pinned: &Pinned) {
        let number = self.traces.len() as u64;
        let ended = self.rules.add(number, &act, is_there, pinned);
        self.supersede(&ended, number);
        self.change_last(|_, trace| trace.acts.push(act));
    }

    /// Takes an edit back by the last one, so that only the others demand anything. Returns what stays pinned meanwhile,
    /// which `pinned` tells, given the texts that the edit was about or that an edit is about again to which it had put
    /// an end.
    pub fn undo(
        &mut self,
        number: u64,
        is_there: &dyn Fn(u32) -> bool,
        pinned: impl FnOnce(&Rules, &BTreeSet<u32>) -> Pinned,
    ) -> Pinned {
        let by = self.traces.len() as u64;
        self.change(number, |record| record.undone_by = Some(by));
        let before = self.rules.placed();
        self.rules = Rules::default();
        for number in 1..=by {
            self.change(number, |record| record.superseded_by = None);
            let is_undone = self.record(number).is_none_or(|record| record.undone_by.is_some());
            let acts = match self.trace(number) {
                Some(trace) if !is_undone => trace.acts.clone(),
                _ => continue,
            };
            for act in &acts {
                // What is pinned at present says nothing of what held in between.
                let ended = self.rules.add(number, act, is_there, &Pinned::default());
                self.supersede(&ended, number);
            }
        }
        let again = self.rules.placed().difference(&before).map(|placed| placed.1).collect::<BTreeSet<u32>>();
        let acts = self.trace(number).into_iter().flat_map(|trace| &trace.acts);
        let named = acts.flat_map(Act::movers).copied().chain(again).collect();
        let mut pinned = pinned(&self.rules, &named);
        let ended = self.rules.settle(is_there, &mut pinned);
        self.supersede(&ended, by);
        pinned
    }

    /// Notes of edits that they gave way. One that names and pins does so when nothing is left of it.
    fn supersede(&mut self, ended: &BTreeSet<u64>, by: u64) {
        for &number in ended.iter().filter(|&&number| number != by) {
            if !self.rules.has_any_of(number) {
                self.change(number, |record| record.superseded_by = Some(by));
            }
        }
    }

    fn change(&mut self, number: u64, change: impl FnOnce(&mut EditRecord)) {
        if let Some(record) = self.records.get_mut(number as usize - 1) {
            change(record);
        }
    }

    /// Gives rows their new numbers; those of `u32::MAX` are gone.
    pub fn renumber(&mut self, rows: &[u32]) {
        self.rules.renumber(rows);
        for trace in &mut self.traces {
            let acts = std::mem::take(&mut trace.acts);
            trace.acts = acts.into_iter().filter_map(|act| act.renumbered(rows)).collect();
            for shift in &mut trace.shifts {
                renumber(&mut shift.rows, rows);
                for origin in [&mut shift.story, &mut shift.topic] {
                    if let Origin::With(others) = origin {
                        renumber(others, rows);
                    }
                }
            }
            trace.shifts.retain(|shift| !shift.rows.is_empty());
        }
    }

    /// The form in which they are written down.
    pub fn memory(&self) -> CorrectionsMemory {
        CorrectionsMemory {
            records: self.records.from(0).cloned().collect(),
            traces: self.traces.clone(),
            rules: self.rules.clone(),
        }
    }

    /// What was written down; none if it is not whole.
    pub fn remembered(memory: CorrectionsMemory) -> Option<Self> {
        let CorrectionsMemory { records, traces, rules } = memory;
        let mut corrections = Self { traces, rules, ..Self::default() };
        let is_whole = records.len() == corrections.traces.len();
        records.into_iter().for_each(|record| corrections.records.push(record));
        is_whole.then_some(corrections)
    }
}
