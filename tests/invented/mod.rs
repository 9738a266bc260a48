//! Titles made of few parts, so that some of them meet.

use proptest::prelude::*;

const PLACES: [&str; 6] = ["Taiwan", "Norway", "the harbour", "Lima", "the old mill", "Ghana"];
const DEEDS: [&str; 6] = [
    "ferry strike enters",
    "owl census delays",
    "mayor resigns over",
    "storm floods",
    "court reopens",
    "banks leave",
];
const ENDS: [&str; 4] = ["", " in second week", ", minister says", " after talks fail"];

/// Any of the titles.
pub fn titles() -> impl Strategy<Value = String> {
    (0..PLACES.len(), 0..DEEDS.len(), 0..ENDS.len())
        .prop_map(|(place, deed, end)| format!("{} {}{}", DEEDS[deed], PLACES[place], ENDS[end]))
}
