//! `GET /map`: all topics at once, near each other where they mean much the same.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data};
use askama::Template;

use super::answer::{Frame, page};
use super::latest::Latest;
use super::overview::phase_name;
use crate::engine::{Headlines, Snapshot, Topic, TopicSort};
use crate::http::addressed::Addressed;
use crate::http::problem::{Kind, Problem};
use crate::map::{Spot, Subject, layout};

/// Topics drawn, the largest: more would be too small to be seen.
const MOST: usize = 600;
/// Topics whose label is drawn as well, if it fits.
const LABELLED: usize = 200;
/// Stories of a topic whose titles say what it is about.
const TITLES: usize = 4;
/// Height of the drawing in its own units; it is more wide than high.
const HEIGHT: f64 = 1000.0;
const WIDTH: f64 = 1600.0;
/// What is left free around it, for the rims of circles that touch its edge.
const MARGIN: f64 = 8.0;
/// Size of a label, and about how wide a character of it is.
const FONT: f64 = 20.0;
const CHARACTER: f64 = 0.64;
/// The smallest size that can be read, as a share of the usual one, and the largest.
const READABLE: (f64, f64) = (0.42, 1.5);
/// Distance of lines as a multiple of the size.
const LINE: f64 = 1.15;

#[derive(Template)]
#[template(path = "map.html")]
struct MapPage {
    frame: Frame,
    /// The part of the plane that is shown.
    view: String,
    drawing: Arc<Drawing>,
}

/// The map of one version of the collection.
#[derive(Debug, Default)]
pub(in crate::http) struct Drawing {
    topics: usize,
    headlines: usize,
    circles: Vec<Circle>,
}

/// A topic on it.
#[derive(Debug)]
struct Circle {
    id: String,
    label: String,
    headlines: usize,
    phase: &'static str,
    bursts: bool,
    x: String,
    y: String,
    radius: String,
    /// The label as it is drawn, if there is room for it: its lines, with their distance from the middle.
    lines: Vec<(String, String)>,
    font: String,
}

/// The whole page.
pub(in crate::http) async fn map(
    context: Addressed,
    latest: Data<Latest<Drawing>>,
) -> Result<HttpResponse, Problem> {
    let snapshot = context.service.snapshot();
    let version = snapshot.version;
    let draw = async {
        let drawn = web::block(move || Drawing::of(&snapshot)).await;
        drawn.map_err(|_| Problem::new(Kind::Internal, "Drawing the map stopped."))
    };
    let drawing = latest.of(&context, version, draw).await?;
    let frame = Frame::new(&context, "map");
    let (width, height) = (WIDTH + 2.0 * MARGIN, HEIGHT + 2.0 * MARGIN);
    page(StatusCode::OK, &MapPage { frame, view: format!("-{MARGIN} -{MARGIN} {width} {height}"), drawing })
}

impl Drawing {
    fn of(snapshot: &Snapshot) -> Self {
        let topics: Vec<&Arc<Topic>> = snapshot.topics_by(TopicSort::Size).into_iter().take(MOST).collect();
        let subjects: Vec<Subject> = topics.iter().map(|topic| subject(topic, snapshot)).collect();
        let spots = layout(&subjects, WIDTH / HEIGHT);
        let circles = topics.iter().zip(spots).enumerate();
        let circle = |(rank, (topic, spot)): (usize, (&&Arc<Topic>, Spot))| {
            let trend = snapshot.topic_activity(topic).trend;
            Circle {
                phase: trend.as_ref().map_or("", |trend| phase_name(trend.phase)),
                bursts: trend.as_ref().is_some_and(|trend| trend.is_burst()),
                ..Circle::of(topic, spot, rank < LABELLED)
            }
        };
        Self {
            topics: snapshot.topics().len(),
            headlines: snapshot.len(),
            circles: circles.map(circle).collect(),
        }
    }
}

/// What a topic says: its label and keywords, and the titles of its largest stories.
fn subject(topic: &Topic, snapshot: &Snapshot) -> Subject {
    let representative = snapshot.at(topic.representative).map(|headline| headline.text.as_str());
    let stories = topic.stories.iter().take(TITLES).map(|story| story.label.as_str());
    let words = topic.keywords.iter().map(String::as_str);
    let said: Vec<&str> =
        std::iter::once(topic.label.as_str()).chain(words).chain(representative).chain(stories).collect();
    Subject { text: said.join(". "), size: topic.size }
}

impl Circle {
    fn of(topic: &Topic, spot: Spot, is_labelled: bool) -> Self {
        let radius = spot.radius * HEIGHT;
        let (lines, font) = if is_labelled { fitted(&topic.label, radius) } else { (Vec::new(), 0.0) };
        let first = -(lines.len() as f64 - 1.0) / 2.0 * font * LINE;
        let lines = lines.into_iter().enumerate();
        Self {
            id: topic.id.to_string(),
            label: topic.label.clone(),
            headlines: topic.size,
            phase: "",
            bursts: false,
            x: coordinate(spot.x * HEIGHT),
            y: coordinate(spot.y * HEIGHT),
            radius: coordinate(radius),
            lines: lines
                .map(|(number, line)| {
                    (line, coordinate(spot.y * HEIGHT + first + number as f64 * font * LINE))
                })
                .collect(),
            font: coordinate(font),
        }
    }
}

fn coordinate(value: f64) -> String {
    format!("{value:.1}")
}

/// The words of a label on lines that fit into a circle, in the largest size; none where that cannot be read.
fn fitted(label: &str, radius: f64) -> (Vec<String>, f64) {
    let words: Vec<&str> = label.split(' ').collect();
    let set = |count: usize| {
        let lines = broken(&words, count);
        let longest = lines.iter().map(|line| line.chars().count()).max().unwrap_or(1) as f64;
        let height = lines.len() as f64 * LINE;
        // The lines make a rectangle whose corners are on the circle.
        (lines, 2.0 * radius * 0.95 / (longest * CHARACTER).hypot(height))
    };
    let (least, most) = READABLE;
    let best = (1..=words.len().min(4)).map(set).max_by(|a, b| a.1.total_cmp(&b.1));
    let best = best.filter(|(_, size)| *size >= FONT * least);
    best.map_or((Vec::new(), 0.0), |(lines, size)| (lines, size.min(FONT * most)))
}

/// Words on so many lines, of much the same length.
fn broken(words: &[&str], lines: usize) -> Vec<String> {
    let total: usize = words.iter().map(|word| word.chars().count() + 1).sum();
    let mut broken = vec![String::new()];
    let mut done = 0;
    for word in words {
        let is_full = done * lines >= broken.len() * total && broken.len() < lines;
        if is_full {
            broken.push(String::new());
        }
        if let Some(line) = broken.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        done += word.chars().count() + 1;
    }
    broken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_broken_into_lines_of_much_the_same_length() {
        assert_eq!(broken(&["Harbour", "strike"], 1), ["Harbour strike"]);
        assert_eq!(broken(&["Harbour", "strike"], 2), ["Harbour", "strike"]);
        assert_eq!(broken(&["Lake", "Ombra", "volcano"], 2), ["Lake Ombra", "volcano"]);
    }

    #[test]
    fn a_label_is_drawn_where_it_can_be_read() {
        assert!(fitted("Harbour strike", 5.0).0.is_empty());
        let (lines, size) = fitted("Harbour strike", 60.0);
        assert!(!lines.is_empty() && size >= FONT * READABLE.0);
    }
}
