//! Signs of life during long work.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// A line that shows that work goes on; indicatif draws it only on a terminal.
pub(super) fn spinner(message: String) -> ProgressBar {
    let bar = ProgressBar::new_spinner().with_message(message);
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}
