//! Atom, [RFC 4287](https://www.rfc-editor.org/rfc/rfc4287).

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::{Entry, Feed};

type Xml = Writer<Vec<u8>>;

/// Renders a feed.
///
/// # Errors
/// Never, as memory can be written.
pub fn atom(feed: &Feed) -> io::Result<Vec<u8>> {
    let mut xml = Writer::new(Vec::new());
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    xml.create_element("feed").with_attribute(("xmlns", "http://www.w3.org/2005/Atom")).write_inner_content(
        |xml| {
            text(xml, "id", &feed.id)?;
            text(xml, "title", &feed.title)?;
            text(xml, "updated", &feed.updated.to_string())?;
            link(xml, "self", &feed.address)?;
            link(xml, "alternate", &feed.home)?;
            author(xml, "Slugline")?;
            feed.entries.iter().try_for_each(|one| entry(xml, one))
        },
    )?;
    Ok(xml.into_inner())
}

fn entry(xml: &mut Xml, entry: &Entry) -> io::Result<()> {
    xml.create_element("entry").write_inner_content(|xml| {
        text(xml, "id", &entry.id)?;
        text(xml, "title", &entry.title)?;
        text(xml, "updated", &entry.updated.to_string())?;
        if let Some(published) = entry.published {
            text(xml, "published", &published.to_string())?;
        }
        link(xml, "alternate", &entry.link)?;
        if let Some(name) = &entry.author {
            author(xml, name)?;
        }
        entry.summary.iter().try_for_each(|summary| text(xml, "summary", summary))
    })?;
    Ok(())
}

fn author(xml: &mut Xml, name: &str) -> io::Result<()> {
    xml.create_element("author").write_inner_content(|xml| text(xml, "name", name))?;
    Ok(())
}

fn link(xml: &mut Xml, relation: &str, address: &str) -> io::Result<()> {
    xml.create_element("link").with_attributes([("rel", relation), ("href", address)]).write_empty()?;
    Ok(())
}

fn text(xml: &mut Xml, name: &str, content: &str) -> io::Result<()> {
    let known: String = content.chars().filter(|&c| is_character(c)).collect();
    xml.create_element(name).write_text_content(BytesText::new(&known))?;
    Ok(())
}

/// Whether XML 1.0 knows the character.
fn is_character(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}
