//! RSS and Atom: elements are told by name space and place, the rest of the document is passed over.
//!
//! Entities that a document declares are not expanded, so that it cannot grow while it is read.

use quick_xml::NsReader;
use quick_xml::events::{BytesStart, Event};

use super::elements::{Field, Open, Space, place};
use super::encoding::decode;
use super::plain::{reference, resolve};
use super::{Feed, FeedItem};
use crate::ingest::DocumentError;
use crate::ingest::draft::excerpt;

pub(super) fn read(bytes: &[u8], limit: usize) -> Result<Feed, DocumentError> {
    let text = decode(bytes)?;
    let mut reader = NsReader::from_str(&text);
    let config = reader.config_mut();
    config.expand_empty_elements = true;
    // An ampersand in a link or a title is the most common slip there is.
    config.allow_dangling_amp = true;
    let mut walk = Walk { limit, ..Walk::default() };
    let mut lines = Lines { text: &text, at: 0, line: 1 };
    loop {
        let invalid = |error: &dyn std::fmt::Display, position: u64| DocumentError::InvalidXml {
            line: lines.at(position),
            reason: error.to_string(),
        };
        let start = reader.buffer_position();
        match reader.read_resolved_event() {
            Ok((space, Event::Start(element))) => {
                let space = Space::of(&space);
                let line = lines.pass(start);
                walk.open(space, &element, line)?;
            }
            Ok((_, Event::End(_))) => walk.close()?,
            Ok((_, Event::Text(text))) => walk.text(&text.xml10_content()),
            Ok((_, Event::CData(text))) => walk.text(&text.xml10_content()),
            Ok((_, Event::GeneralRef(name))) => walk.reference(&name.xml10_content()),
            Ok((_, Event::Eof)) if walk.stack.is_empty() => break,
            Ok((_, Event::Eof)) => {
                return Err(invalid(&"the document ends within an element", reader.buffer_position()));
            }
            Ok(_) => {}
            Err(error) => return Err(invalid(&error, reader.error_position())),
        }
    }
    if walk.is_feed { Ok(walk.feed) } else { Err(DocumentError::NotAFeed { found: "text".to_owned() }) }
}

/// Counts lines up to positions that only grow.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: usize,
}

impl Lines<'_> {
    /// The line of a position, from which counting goes on.
    fn pass(&mut self, position: u64) -> usize {
        self.line = self.at(position);
        self.at = self.at.max(usize::try_from(position).unwrap_or(usize::MAX));
        self.line
    }

    fn at(&self, position: u64) -> usize {
        let end = usize::try_from(position).unwrap_or(usize::MAX).min(self.text.len());
        let passed = self.text.as_bytes().get(self.at..end).unwrap_or_default();
        self.line + passed.iter().filter(|&&byte| byte == b'\n').count()
    }
}

/// The state of reading.
#[derive(Default)]
struct Walk {
    limit: usize,
    is_feed: bool,
    stack: Vec<Open>,
    /// The text of the field that is open, if one is, at this depth.
    field: Option<(usize, String)>,
    /// The item that is open, with its line.
    item: Option<(usize, FeedItem)>,
    feed: Feed,
}

impl Walk {
    fn open(&mut self, space: Space, element: &BytesStart, line: usize) -> Result<(), DocumentError> {
        let name = element.local_name();
        let name = name.as_ref();
        let parent = self.stack.last().copied();
        let open = place(parent, space, name)
            .filter(|_| !(self.stack.is_empty() && self.is_feed))
            .ok_or_else(|| DocumentError::NotAFeed { found: format!("<{}>", excerpt(name)) })?;
        self.is_feed = true;
        self.stack.push(open);
        if let Some((_, text)) = &mut self.field {
            if name == "br" {
                text.push(' ');
            }
            return Ok(());
        }
        match open {
            Open::Item => self.item = Some((line, FeedItem::default())),
            Open::Field(field) => {
                self.field = Some((self.stack.len(), String::new()));
                if field == Field::Guid && space == Space::Rss {
                    let permalink = attribute(element, "isPermaLink");
                    self.current_item(|item| item.guid_is_link = permalink.as_deref() != Some("false"));
                }
            }
            Open::Other if space == Space::Atom && name == "link" => self.atom_link(parent, element),
            _ => {}
        }
        if matches!(open, Open::Root | Open::Feed | Open::Item) {
            self.context(open, element);
        }
        Ok(())
    }

    fn current_item(&mut self, change: impl FnOnce(&mut FeedItem)) {
        if let Some((_, item)) = &mut self.item {
            change(item);
        }
    }

    /// `xml:lang` and `xml:base`.
    fn context(&mut self, open: Open, element: &BytesStart) {
        let lang = attribute(element, "xml:lang");
        if open == Open::Item {
            self.current_item(|item| item.lang = lang);
            return;
        }
        self.feed.lang = lang.or(self.feed.lang.take());
        self.feed.base = attribute(element, "xml:base").or(self.feed.base.take());
    }

    fn atom_link(&mut self, parent: Option<Open>, element: &BytesStart) {
        if attribute(element, "rel").is_some_and(|rel| rel != "alternate") {
            return;
        }
        let Some(href) = attribute(element, "href") else { return };
        match (parent, &mut self.item) {
            (Some(Open::Item), Some((_, item))) => fill(&mut item.link, href),
            (Some(Open::Feed), _) => fill(&mut self.feed.home, href),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if let Some((_, field)) = &mut self.field {
            field.push_str(text);
        }
    }

    fn reference(&mut self, name: &str) {
        match reference(name) {
            Some(character) => self.text(&character),
            None => self.text(&format!("&{name};")),
        }
    }

    fn close(&mut self) -> Result<(), DocumentError> {
        let depth = self.stack.len();
        match self.stack.pop() {
            Some(Open::Field(field)) if self.field.as_ref().is_some_and(|(at, _)| *at == depth) => {
                let text = self.field.take().map(|(_, text)| text).unwrap_or_default();
                self.store(field, text);
            }
            Some(Open::Item) if self.field.is_none() => {
                if let Some((line, item)) = self.item.take() {
                    self.feed.push(line, Ok(item), self.limit)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn store(&mut self, field: Field, text: String) {
        let Self { feed, item, .. } = self;
        let place = match (item, field) {
            (Some((_, item)), Field::Title) => &mut item.title,
            (Some((_, item)), Field::Link) => &mut item.link,
            (Some((_, item)), Field::Guid) => &mut item.guid,
            (Some((_, item)), Field::Published) => &mut item.published,
            (Some((_, item)), Field::Updated) => &mut item.updated,
            (Some((_, item)), Field::Source) => &mut item.source,
            (Some((_, item)), Field::Lang) => &mut item.lang,
            (None, Field::Title) => &mut feed.title,
            (None, Field::Link) => &mut feed.home,
            (None, Field::Lang) => &mut feed.lang,
            (None, _) => return,
        };
        fill(place, text);
    }
}

/// The first value that is not blank stays; a blank one says at least that the field is there.
fn fill(place: &mut Option<String>, text: String) {
    if place.as_deref().is_none_or(|there| there.trim().is_empty()) {
        *place = Some(text);
    }
}

fn attribute(element: &BytesStart, name: &str) -> Option<String> {
    // Unchecked: a check for repetitions compares each with all before it.
    let mut attributes = element.html_attributes();
    let attribute =
        attributes.with_checks(false).flatten().find(|attribute| attribute.key.as_ref() == name)?;
    Some(resolve(&attribute.value))
}
