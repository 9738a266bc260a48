//! Results as Markdown tables, aligned so that they read well on a terminal too.

use std::io::{self, Write};

use clap::ValueEnum;

use super::ablation::{Ablation, Cell};
use super::report::Report;
use crate::evaluate::Interval;

/// Columns of names, which are aligned to the left.
const NAMES: usize = 3;

/// One line a report; columns that nothing was measured for are left out.
pub(super) fn write_reports(reports: &[Report], out: &mut dyn Write) -> io::Result<()> {
    let intervals = reports.iter().any(|report| report.intervals.is_some());
    let stability = reports.iter().any(|report| report.stability.is_some());
    let mut rows = vec![header(intervals, stability)];
    rows.extend(reports.iter().map(|report| row(report, intervals, stability)));
    write_aligned(&rows, NAMES, out)
}

fn header(intervals: bool, stability: bool) -> Vec<String> {
    let mut names = vec!["corpus", "level", "algorithm", "rows", "labelled", "classes", "found", "AMI"];
    names.extend(intervals.then_some("±"));
    names.extend(["NMI", "ARI", "accuracy", "B³ P", "B³ R", "B³ F1"]);
    names.extend(intervals.then_some("±"));
    names.extend(["B³ F1, no singletons", "pair F1"]);
    names.extend(stability.then_some(["shuffled: mean ARI", "least"]).into_iter().flatten());
    names.extend(["s", "peak MB"]);
    names.into_iter().map(str::to_owned).collect()
}

fn row(report: &Report, intervals: bool, stability: bool) -> Vec<String> {
    let scores = &report.scores;
    let mut cells = vec![report.corpus.clone(), report.level.name().to_owned()];
    cells.push(
        report.algorithm.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned()),
    );
    cells.extend([report.rows, scores.rows as usize, scores.classes, scores.clusters].map(|n| n.to_string()));
    cells.push(share(scores.ami));
    cells.extend(intervals.then(|| spread(report.intervals.map(|intervals| intervals.ami))));
    cells.extend([scores.nmi, scores.ari, scores.accuracy].map(share));
    cells.extend([scores.bcubed.precision, scores.bcubed.recall, scores.bcubed.f1].map(share));
    cells.extend(intervals.then(|| spread(report.intervals.map(|intervals| intervals.bcubed.f1))));
    cells.push(scores.bcubed_without_singletons.map_or_else(none, |bcubed| share(bcubed.f1)));
    cells.push(share(scores.pairs.f1));
    if stability {
        cells.push(report.stability.map_or_else(none, |agreement| share(agreement.mean)));
        cells.push(report.stability.map_or_else(none, |agreement| share(agreement.least)));
    }
    cells.push(format!("{:.2}", report.seconds));
    cells.push(report.peak_memory_bytes.map_or_else(none, |bytes| (bytes >> 20).to_string()));
    cells
}

/// One line a variant, AMI / B-cubed F1 in each cell, the mean of all columns last.
pub(super) fn write_ablation(ablation: &Ablation, out: &mut dyn Write) -> io::Result<()> {
    let mut rows = vec![vec!["AMI / B³ F1".to_owned()]];
    rows[0].extend(ablation.columns.iter().cloned());
    rows[0].push("mean".to_owned());
    for variant in &ablation.variants {
        let mut row = vec![variant.name.to_owned()];
        row.extend(variant.cells.iter().chain([&Cell::mean(&variant.cells)]).map(both));
        rows.push(row);
    }
    write_aligned(&rows, 1, out)
}

fn both(cell: &Cell) -> String {
    format!("{} / {}", share(cell.ami), share(cell.bcubed_f1))
}

/// Three digits, as in papers: `.921`.
fn share(value: f64) -> String {
    let text = format!("{value:.3}");
    match text.strip_prefix("0.") {
        Some(digits) => format!(".{digits}"),
        None => text,
    }
}

/// Half the width of an interval. Its ends would mislead: a row drawn twice agrees with itself, so that resamples
/// score higher than the sample, often all of them, where classes are small.
fn spread(interval: Option<Interval>) -> String {
    interval.map_or_else(none, |Interval { low, high }| share((high - low) / 2.0))
}

fn none() -> String {
    "–".to_owned()
}

/// Pads cells to the width of their column, the first `names` to the left and all others to the right.
fn write_aligned(rows: &[Vec<String>], names: usize, out: &mut dyn Write) -> io::Result<()> {
    let columns = rows.first().map_or(0, Vec::len);
    let widths: Vec<usize> =
        (0..columns).map(|at| rows.iter().map(|row| row[at].chars().count()).max().unwrap_or(0)).collect();
    for (number, row) in rows.iter().enumerate() {
        for (at, (cell, &width)) in row.iter().zip(&widths).enumerate() {
            if at < names {
                write!(out, "| {cell:<width$} ")?;
            } else {
                write!(out, "| {cell:>width$} ")?;
            }
        }
        writeln!(out, "|")?;
        if number == 0 {
            for (at, &width) in widths.iter().enumerate() {
                write!(out, "| {}{} ", "-".repeat(width - 1), if at < names { "-" } else { ":" })?;
            }
            writeln!(out, "|")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_have_three_digits_and_no_leading_zero() {
        assert_eq!([0.9214, 1.0, 0.0, -0.01].map(share), [".921", "1.000", ".000", "-0.010"]);
    }

    #[test]
    fn cells_line_up() {
        let rows = [["a", "n"], ["long", "1.5"]].map(|row| row.map(str::to_owned).to_vec());
        let mut out = Vec::new();
        write_aligned(&rows, 1, &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "| a    |   n |\n| ---- | --: |\n| long | 1.5 |\n");
    }
}
