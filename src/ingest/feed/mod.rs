//! RSS (0.9x, 1.0, 2.0), Atom and JSON Feed.
//!
//! `xml` and `json` read what a feed says of itself and of each item; what follows here is the same for all of them:
//! titles become plain text, the title of the feed stands in for a missing publisher, and optional fields that mean
//! nothing (a date nobody can read, a link that is no web address) are left out: readers of a feed cannot mend it.

mod elements;
mod encoding;
mod json;
mod plain;
mod xml;

use jiff::fmt::rfc2822::DateTimeParser;
use url::Url;

use super::check::{SOURCE_CHARS, check_lang, check_source, check_url};
use super::draft::Draft;
use super::identity::guid_id;
use super::{Document, DocumentError, Rejection, Rules, parse_time};
use plain::plain;

/// What whoever subscribes to a feed says about it; taken instead of what the feed says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Subscription {
    /// Publisher of items that name no other.
    pub source: Option<String>,
    /// Language of items that name no other.
    pub lang: Option<String>,
}

impl Subscription {
    /// Checks both fields by the rules for headlines.
    ///
    /// # Errors
    /// With the name of the field and what is wrong with it.
    pub fn check(&self) -> Result<(), (&'static str, Rejection)> {
        let source = self.source.clone().map(check_source).transpose();
        source.map_err(|rejection| ("source", rejection))?;
        let lang = self.lang.clone().map(check_lang).transpose();
        lang.map(|_| ()).map_err(|rejection| ("lang", rejection))
    }
}

/// A feed as read, nothing cleaned or checked yet.
#[derive(Debug, Default)]
struct Feed {
    title: Option<String>,
    /// The page that the feed is about.
    home: Option<String>,
    /// What relative links are relative to, if the feed says so.
    base: Option<String>,
    lang: Option<String>,
    /// Items with the lines on which they begin.
    items: Vec<(usize, Result<FeedItem, Rejection>)>,
}

/// One item as read.
#[derive(Debug, Default)]
struct FeedItem {
    title: Option<String>,
    link: Option<String>,
    guid: Option<String>,
    /// Whether the guid is the address of the article.
    guid_is_link: bool,
    published: Option<String>,
    updated: Option<String>,
    source: Option<String>,
    lang: Option<String>,
}

/// Whether a JSON document says that it is a JSON Feed.
pub(super) use json::is_json_feed;

/// Takes a feed apart. The notation is told by the first character.
///
/// # Errors
/// When it is no feed, not well-formed, in an encoding that is unknown, or too long.
pub(super) fn parse(
    bytes: &[u8],
    rules: &Rules,
    subscription: &Subscription,
) -> Result<Document, DocumentError> {
    let mut feed = match bytes.trim_ascii_start().first() {
        Some(b'{' | b'[') => json::read(bytes, rules.items)?,
        _ => xml::read(bytes, rules.items)?,
    };
    feed.title = subscription.source.clone().or_else(|| feed.title.as_deref().and_then(publisher));
    feed.lang = subscription.lang.clone().or(feed.lang.take());
    let mut document = Document::default();
    for (at, (line, item)) in std::mem::take(&mut feed.items).into_iter().enumerate() {
        document.push((line, at + 1), item.map(|item| feed.draft(item)), rules)?;
    }
    Ok(document)
}

impl Feed {
    /// Adds an item, unless there are as many as there may be.
    fn push(
        &mut self,
        line: usize,
        item: Result<FeedItem, Rejection>,
        limit: usize,
    ) -> Result<(), DocumentError> {
        if self.items.len() >= limit {
            return Err(DocumentError::TooManyItems { limit });
        }
        self.items.push((line, item));
        Ok(())
    }

    fn draft(&self, item: FeedItem) -> Draft {
        let source = item.source.as_deref().and_then(publisher).or_else(|| self.title.clone());
        let permalink = item.guid.as_deref().filter(|_| item.guid_is_link);
        let url = item.link.as_deref().and_then(|link| self.address(link));
        let url = url.or_else(|| check_url(permalink?.trim().to_owned()).ok());
        // The address decides what is one article: it is the same in all feeds of a publisher, guids are not.
        let guid = item.guid.as_deref().map(str::trim).filter(|guid| url.is_none() && !guid.is_empty());
        let lang = item.lang.or_else(|| self.lang.clone());
        Draft {
            id: guid.map(|guid| guid_id(source.as_deref().unwrap_or_default(), guid)),
            title: item.title.map(|title| plain(&title)),
            time: [item.published, item.updated].into_iter().flatten().find_map(|time| readable_time(&time)),
            source,
            url,
            lang: lang.and_then(|lang| check_lang(lang.trim().to_owned()).ok()),
            ignored: Vec::new(),
        }
    }

    /// The web address of an article. A link to the home page is that of no article.
    fn address(&self, link: &str) -> Option<String> {
        let link = link.trim();
        if link.is_empty() {
            return None;
        }
        let is_home = |url: &String| {
            let bare = |text: &str| text.trim().trim_end_matches('/').to_lowercase();
            self.home.as_deref().is_some_and(|home| bare(home) == bare(url))
        };
        let absolute = || {
            let base = [&self.base, &self.home].into_iter().flatten().find_map(|base| Url::parse(base).ok());
            let url = match base {
                Some(base) => base.join(link),
                None => Url::parse(link),
            };
            check_url(url.ok()?.into()).ok()
        };
        check_url(link.to_owned()).ok().or_else(absolute).filter(|url| !is_home(url))
    }
}

/// A name as plain text of bearable length, if anything is left of it.
fn publisher(name: &str) -> Option<String> {
    let name: String = plain(name).chars().filter(|c| !c.is_control()).take(SOURCE_CHARS).collect();
    Some(name.trim().to_owned()).filter(|name| !name.is_empty())
}

/// RFC 2822 as in RSS, or what is read elsewhere; in a notation that the checks read.
fn readable_time(text: &str) -> Option<String> {
    let text = text.trim();
    let mail = DateTimeParser::new().relaxed_weekday(true);
    let time = mail.parse_timestamp(text).ok().or_else(|| parse_time(text).ok());
    time.map(|time| time.to_string())
}

#[cfg(test)]
mod tests;
