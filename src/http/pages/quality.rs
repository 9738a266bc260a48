//! `GET /quality` and `POST /quality`: how the grouping is doing, and what it makes of headlines that come with labels.

use std::collections::BTreeSet;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::answer::{Frame, page};
use super::latest::Latest;
use crate::engine::Snapshot;
use crate::evaluate::PrecisionRecall;
use crate::http::addressed::Addressed;
use crate::http::body::read_document_form;
use crate::http::problem::{Kind, Problem};
use crate::ingest::Labelled;
use crate::service::{Assessment, Service};
use crate::track::{Change, Level};

/// Newest headlines whose margins are asked for.
const SAMPLED: usize = 200;
/// Bars of the histogram of margins.
const BARS: usize = 10;
/// Width of a gauge, and height of the largest bar, in units of the drawing.
const GAUGE: f64 = 200.0;
const TALLEST: f64 = 100.0;

#[derive(Template)]
#[template(path = "quality.html")]
struct QualityPage {
    frame: Frame,
    condition: Arc<Condition>,
    form: Form,
}

/// How the grouping of one version is doing. Kept, as the writer is asked for an explanation of each sampled headline.
#[derive(Debug)]
pub(in crate::http) struct Condition {
    gauges: Vec<Gauge>,
    margins: Margins,
}

/// A share, with what it says.
#[derive(Debug)]
struct Gauge {
    name: &'static str,
    share: String,
    width: String,
    says: String,
}

/// How clearly the newest headlines are where they are.
#[derive(Debug, Default)]
struct Margins {
    asked: usize,
    /// Headlines of each tenth, with the place and the height of its bar.
    bars: Vec<Bar>,
}

#[derive(Debug)]
struct Bar {
    from: usize,
    to: usize,
    count: usize,
    x: usize,
    y: String,
    height: String,
}

/// The form for labelled headlines, with what came of it.
#[derive(Default)]
struct Form {
    text: String,
    refused: Option<String>,
    rows: Vec<Row>,
    headlines: usize,
    /// The form cannot be sent where keys are needed: a browser has none to send with it.
    keys: bool,
}

/// The scores of one level as they are shown.
struct Row {
    level: &'static str,
    rows: u64,
    classes: usize,
    clusters: usize,
    ami: String,
    nmi: String,
    ari: String,
    accuracy: String,
    bcubed: [String; 3],
    pairs: String,
}

/// The page as it is.
pub(in crate::http) async fn quality(
    context: Addressed,
    latest: Data<Latest<Condition>>,
) -> Result<HttpResponse, Problem> {
    show(&context, &latest, StatusCode::OK, Form::default()).await
}

/// The page with scores of what was sent.
pub(in crate::http) async fn assess_form(
    context: Addressed,
    latest: Data<Latest<Condition>>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let fields = read_document_form(&request, payload, &context).await?;
    let text =
        fields.into_iter().find(|(name, _)| name == "labelled").map(|(_, text)| text).unwrap_or_default();
    let most = context.config.limits.items;
    let labelled = match Labelled::read(text.as_bytes(), None, None) {
        Ok(labelled) if labelled.headlines.len() > most => {
            return refuse(&context, &latest, text, format!("At most {most} headlines are scored at once."))
                .await;
        }
        Ok(labelled) => labelled,
        Err(error) => return refuse(&context, &latest, text, format!("Nothing was scored: {error}.")).await,
    };
    let headlines = labelled.headlines.len();
    match context.service.assess(labelled).await? {
        Ok(assessments) => {
            let rows = assessments.iter().map(Row::of).collect();
            show(&context, &latest, StatusCode::OK, Form { text, rows, headlines, ..Form::default() }).await
        }
        Err(error) => refuse(&context, &latest, text, format!("Nothing was scored: {error}.")).await,
    }
}

async fn refuse(
    context: &Addressed,
    latest: &Latest<Condition>,
    text: String,
    reason: String,
) -> Result<HttpResponse, Problem> {
    let form = Form { text, refused: Some(reason), ..Form::default() };
    show(context, latest, StatusCode::UNPROCESSABLE_ENTITY, form).await
}

async fn show(
    context: &Addressed,
    latest: &Latest<Condition>,
    status: StatusCode,
    form: Form,
) -> Result<HttpResponse, Problem> {
    let snapshot = context.service.snapshot();
    let condition =
        latest.of(context, snapshot.version, Condition::of(&context.service, Arc::clone(&snapshot))).await?;
    let form = Form { keys: context.access.needs_keys(), ..form };
    page(status, &QualityPage { frame: Frame::new(context, "quality"), condition, form })
}

impl Condition {
    async fn of(service: &Service, snapshot: Arc<Snapshot>) -> Result<Self, Problem> {
        let looked = web::block(move || (gauges(&snapshot), newest(&snapshot))).await;
        let (gauges, newest) =
            looked.map_err(|_| Problem::new(Kind::Internal, "Looking over the topics stopped."))?;
        Ok(Self { gauges, margins: Margins::of(service, newest).await? })
    }
}

/// Shares that tell when something goes wrong: one topic that swallows all, or none that holds anything.
fn gauges(snapshot: &Snapshot) -> Vec<Gauge> {
    let headlines = snapshot.len();
    let topics = snapshot.topics();
    let grouped: usize = topics.iter().map(|topic| topic.size).sum();
    let largest = topics.iter().max_by(|a, b| a.size.cmp(&b.size).then(b.id.cmp(&a.id)));
    let lone = topics.iter().filter(|topic| topic.stories.len() == 1).count();
    let (moved, since) = moved_lately(snapshot);
    vec![
        Gauge::new(
            "Without a topic",
            headlines - grouped,
            headlines,
            format!("{} of {headlines} headlines", headlines - grouped),
        ),
        Gauge::new(
            "Largest topic",
            largest.map_or(0, |topic| topic.size),
            headlines,
            largest.map_or_else(String::new, |topic| format!("{}, {} headlines", topic.label, topic.size)),
        ),
        Gauge::new("Topics of one story", lone, topics.len(), format!("{lone} of {} topics", topics.len())),
        Gauge::new(
            "Churn",
            moved,
            headlines,
            format!("{moved} headlines changed their topic while the last {since} came"),
        ),
    ]
}

/// Headlines that changed their topic while the last tenth of the collection came, and how many came.
fn moved_lately(snapshot: &Snapshot) -> (usize, u64) {
    let since = (snapshot.len() as u64 / 10).max(1);
    let lineage = &snapshot.lineage;
    // As far back as memory goes.
    let forgotten = lineage.event(lineage.forgotten() + 1).filter(|_| lineage.forgotten() > 0);
    let from = snapshot.version.saturating_sub(since).max(forgotten.map_or(0, |first| first.version));
    let since = since.min(snapshot.version - from);
    let numbers = (1..=lineage.last()).rev();
    let recent = numbers.map_while(|number| lineage.event(number).filter(|event| event.version > from));
    let of_topics = recent.filter(|event| event.id.level() == Level::Topic);
    let moved = of_topics.map(|event| match &event.change {
        Change::Merged { moved, .. }
        | Change::Split { moved, .. }
        | Change::Moved { moved, .. }
        | Change::Dissolved { moved } => moved.count,
        _ => 0,
    });
    (moved.sum(), since)
}

impl Gauge {
    fn new(name: &'static str, part: usize, whole: usize, says: String) -> Self {
        let share = if whole == 0 { 0.0 } else { part as f64 / whole as f64 };
        let width = format!("{:.1}", share.min(1.0) * GAUGE);
        Self { name, share: format!("{:.1} %", share * 100.0), width, says }
    }
}

/// Ids of the newest headlines that are in a topic.
fn newest(snapshot: &Snapshot) -> Vec<String> {
    let mut newest: BTreeSet<(Option<jiff::Timestamp>, &str)> = BTreeSet::new();
    for (headline, placement) in snapshot.headlines() {
        if placement.topic.is_some() {
            newest.insert((headline.time, &headline.id));
            if newest.len() > SAMPLED {
                newest.pop_first();
            }
        }
    }
    newest.into_iter().map(|(_, id)| id.to_owned()).collect()
}

impl Margins {
    async fn of(service: &Service, ids: Vec<String>) -> Result<Self, Problem> {
        let mut counts = [0; BARS];
        let mut asked = 0;
        for id in ids {
            let Some((explanation, _)) = service.explain(id).await? else { continue };
            asked += 1;
            let margin = f64::from(explanation.margin.clamp(0.0, 1.0));
            counts[((margin * BARS as f64) as usize).min(BARS - 1)] += 1;
        }
        let most = counts.iter().copied().max().unwrap_or(0).max(1);
        let bar = |(at, &count): (usize, &usize)| {
            let height = count as f64 / most as f64 * TALLEST;
            Bar {
                from: at * 100 / BARS,
                to: (at + 1) * 100 / BARS,
                count,
                x: at * 40 + 2,
                y: format!("{:.1}", TALLEST - height),
                height: format!("{height:.1}"),
            }
        };
        Ok(Self { asked, bars: counts.iter().enumerate().map(bar).collect() })
    }
}

impl Row {
    fn of(assessment: &Assessment) -> Self {
        let scores = &assessment.scores;
        let number = |value: f64| format!("{value:.3}");
        let PrecisionRecall { precision, recall, f1 } = scores.bcubed;
        Self {
            level: assessment.level.name(),
            rows: scores.rows,
            classes: scores.classes,
            clusters: scores.clusters,
            ami: number(scores.ami),
            nmi: number(scores.nmi),
            ari: number(scores.ari),
            accuracy: number(scores.accuracy),
            bcubed: [precision, recall, f1].map(number),
            pairs: number(scores.pairs.f1),
        }
    }
}
