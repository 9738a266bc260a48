//! What a reader asks of the overview: order, filters and page, read from the query and written back into links.

use serde::Deserialize;
use url::form_urlencoded::Serializer;

use crate::engine::{Headlines, Snapshot, Topic, TopicSort};
use crate::http::problem::Problem;
use crate::http::query::invalid;
use crate::track::{Phase, Trend};

/// A choice of a list: its value in the query, what it is called, and what it stands for.
type Choice<T> = (&'static str, &'static str, T);

pub(super) const SORTS: [Choice<TopicSort>; 4] = [
    ("trending", "What is moving", TopicSort::Trending),
    ("size", "Largest", TopicSort::Size),
    ("recent", "Latest headline", TopicSort::Recent),
    ("new", "Latest topic", TopicSort::New),
];
pub(super) const PHASES: [Choice<Phase>; 5] = [
    ("emerging", "Emerging", Phase::Emerging),
    ("growing", "Growing", Phase::Growing),
    ("steady", "Steady", Phase::Steady),
    ("fading", "Fading", Phase::Fading),
    ("dormant", "Dormant", Phase::Dormant),
];
pub(super) const SPANS: [Choice<i64>; 5] = [
    ("1h", "Last hour", 3_600),
    ("6h", "Last 6 hours", 21_600),
    ("24h", "Last 24 hours", 86_400),
    ("7d", "Last 7 days", 604_800),
    ("30d", "Last 30 days", 2_592_000),
];

/// Characters of a search or a name that are looked at.
const MOST_CHARS: usize = 200;

/// The query as it comes. Fields that a form leaves empty are as good as absent, and parameters of others are ignored,
/// because links to pages get some on their way.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Query {
    sort: String,
    phase: String,
    lang: String,
    source: String,
    since: String,
    q: String,
    page: String,
}

/// The same, checked.
#[derive(Debug, Default)]
pub(super) struct Filter {
    pub sort: TopicSort,
    pub sort_name: &'static str,
    pub phase: Option<Phase>,
    pub phase_name: &'static str,
    /// Seconds before the newest headline of all.
    pub span: Option<i64>,
    pub span_name: &'static str,
    pub lang: String,
    pub source: String,
    pub search: String,
    /// Lower-case words that all have to be there.
    words: Vec<String>,
    /// From 1.
    pub page: usize,
}

impl Filter {
    /// Checks a query.
    ///
    /// # Errors
    /// When it asks for a choice there is not.
    pub fn of(query: Query) -> Result<Self, Problem> {
        let sort = chosen("sort", &query.sort, &SORTS)?.unwrap_or(SORTS[0]);
        let phase = chosen("phase", &query.phase, &PHASES)?;
        let span = chosen("since", &query.since, &SPANS)?;
        let page = match query.page.as_str() {
            "" => 1,
            number => number
                .parse()
                .ok()
                .filter(|&number| number > 0)
                .ok_or_else(|| invalid("`page` must be a number from 1 on.".to_owned()))?,
        };
        let search = clipped(&query.q);
        Ok(Self {
            sort: sort.2,
            sort_name: sort.0,
            phase: phase.map(|phase| phase.2),
            phase_name: phase.map_or("", |phase| phase.0),
            span: span.map(|span| span.2),
            span_name: span.map_or("", |span| span.0),
            lang: clipped(&query.lang).to_ascii_lowercase(),
            source: clipped(&query.source),
            words: search.to_lowercase().split_whitespace().map(str::to_owned).collect(),
            search,
            page,
        })
    }

    /// Whether topics are left out at all.
    pub fn is_active(&self) -> bool {
        let texts = [self.phase_name, self.span_name, &self.lang, &self.source, &self.search];
        texts.iter().any(|text| !text.is_empty())
    }

    /// Whether a topic is wanted. `from` is where the time asked for begins.
    pub fn admits(
        &self,
        topic: &Topic,
        trend: Option<&Trend>,
        from: Option<i64>,
        snapshot: &Snapshot,
    ) -> bool {
        let in_phase = self.phase.is_none_or(|phase| trend.is_some_and(|trend| trend.phase == phase));
        let in_time = from.is_none_or(|from| trend.is_some_and(|trend| trend.last_seen.as_second() >= from));
        in_phase && in_time && self.finds(topic) && self.has_headline(topic, snapshot)
    }

    fn finds(&self, topic: &Topic) -> bool {
        if self.words.is_empty() {
            return true;
        }
        let names = topic.keywords.iter().chain(&topic.entities);
        let stories = topic.stories.iter().map(|story| &story.label);
        let mut text = topic.label.to_lowercase();
        for part in names.chain(stories) {
            text.push('\n');
            text.push_str(&part.to_lowercase());
        }
        self.words.iter().all(|word| text.contains(word))
    }

    /// Whether one headline has both the language and the source.
    fn has_headline(&self, topic: &Topic, snapshot: &Snapshot) -> bool {
        if self.lang.is_empty() && self.source.is_empty() {
            return true;
        }
        let mut headlines = topic.stories.iter().flat_map(|story| &story.headlines);
        headlines.any(|&at| {
            let Some(headline) = snapshot.at(at) else { return false };
            let is = |wanted: &str, given: &Option<String>| {
                wanted.is_empty() || given.as_ref().is_some_and(|given| given.eq_ignore_ascii_case(wanted))
            };
            is(&self.lang, &headline.lang) && is(&self.source, &headline.source)
        })
    }

    /// The query of another page of the same list; empty for the first page of the default one.
    pub fn query_of(&self, page: usize) -> String {
        let mut query = Serializer::new(String::new());
        let sort = if self.sort_name == SORTS[0].0 { "" } else { self.sort_name };
        let number = if page > 1 { page.to_string() } else { String::new() };
        for (name, value) in [
            ("q", self.search.as_str()),
            ("sort", sort),
            ("phase", self.phase_name),
            ("since", self.span_name),
            ("lang", &self.lang),
            ("source", &self.source),
            ("page", &number),
        ] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        let query = query.finish();
        if query.is_empty() { query } else { format!("?{query}") }
    }
}

fn chosen<T: Copy>(name: &str, value: &str, choices: &[Choice<T>]) -> Result<Option<Choice<T>>, Problem> {
    if value.is_empty() {
        return Ok(None);
    }
    let found = choices.iter().find(|choice| choice.0 == value).copied();
    found.map(Some).ok_or_else(|| {
        let values: Vec<_> = choices.iter().map(|choice| choice.0).collect();
        invalid(format!("`{name}` must be one of {}.", values.join(", ")))
    })
}

fn clipped(text: &str) -> String {
    text.trim().chars().take(MOST_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_written_as_it_was_read() {
        let query = Query {
            sort: "new".to_owned(),
            q: " a&b <i> ".to_owned(),
            phase: "steady".to_owned(),
            page: "3".to_owned(),
            ..Query::default()
        };
        let filter = Filter::of(query).unwrap();
        assert_eq!(filter.query_of(filter.page), "?q=a%26b+%3Ci%3E&sort=new&phase=steady&page=3");
        assert_eq!(Filter::of(Query::default()).unwrap().query_of(1), "");
    }

    #[test]
    fn choices_that_are_none_are_refused() {
        for query in [
            Query { sort: "best".to_owned(), ..Query::default() },
            Query { phase: "dead".to_owned(), ..Query::default() },
            Query { since: "2h".to_owned(), ..Query::default() },
            Query { page: "0".to_owned(), ..Query::default() },
            Query { page: "-1".to_owned(), ..Query::default() },
        ] {
            assert!(Filter::of(query).is_err());
        }
    }
}
