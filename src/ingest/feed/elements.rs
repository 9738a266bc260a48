//! What the elements of RSS and Atom mean, by name space and place.

use quick_xml::name::ResolveResult;

/// A name space that matters.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Space {
    /// None, or one of those of RSS.
    Rss,
    Rdf,
    Atom,
    DublinCore,
    Other,
}

/// What an open element is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Open {
    /// `rss` or `rdf:RDF`.
    Root,
    /// `channel` or `feed`.
    Feed,
    /// `item` or `entry`.
    Item,
    /// The feed from which an Atom entry was taken over.
    Origin,
    Field(Field),
    Other,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Title,
    Link,
    Guid,
    Published,
    Updated,
    Source,
    Lang,
}

impl Space {
    pub(super) fn of(resolved: &ResolveResult) -> Self {
        let ResolveResult::Bound(name) = resolved else {
            return if matches!(resolved, ResolveResult::Unbound) { Self::Rss } else { Self::Other };
        };
        match name.as_ref() {
            "http://purl.org/rss/1.0/"
            | "http://my.netscape.com/rdf/simple/0.9/"
            | "http://channel.netscape.com/rdf/simple/0.9/"
            | "http://backend.userland.com/rss2" => Self::Rss,
            "http://www.w3.org/1999/02/22-rdf-syntax-ns#" => Self::Rdf,
            "http://www.w3.org/2005/Atom" | "http://purl.org/atom/ns#" => Self::Atom,
            "http://purl.org/dc/elements/1.1/" => Self::DublinCore,
            _ => Self::Other,
        }
    }
}

/// What an element is where it stands; nothing for the root of a document that is no feed.
pub(super) fn place(parent: Option<Open>, space: Space, name: &str) -> Option<Open> {
    use {Field as F, Open as O, Space as S};
    let Some(parent) = parent else {
        return match (space, name) {
            (S::Rss, "rss") | (S::Rdf, "RDF") => Some(O::Root),
            (S::Atom, "feed") => Some(O::Feed),
            _ => None,
        };
    };
    Some(match (parent, space, name) {
        (O::Root, S::Rss, "channel") => O::Feed,
        (O::Root | O::Feed, S::Rss, "item") | (O::Feed, S::Atom, "entry") => O::Item,
        (O::Feed | O::Item, S::Rss | S::Atom, "title") => O::Field(F::Title),
        (O::Feed | O::Item, S::Rss, "link") => O::Field(F::Link),
        (O::Item, S::Rss, "guid") | (O::Item, S::Atom, "id") => O::Field(F::Guid),
        (O::Item, S::Rss, "pubDate") | (O::Item, S::DublinCore, "date") => O::Field(F::Published),
        (O::Item, S::Atom, "published" | "issued") => O::Field(F::Published),
        (O::Item, S::Atom, "updated" | "modified") => O::Field(F::Updated),
        (O::Item, S::Atom, "source") => O::Origin,
        (O::Item, S::Rss, "source") | (O::Origin, S::Atom, "title") => O::Field(F::Source),
        (O::Feed, S::Rss, "language") => O::Field(F::Lang),
        (O::Feed | O::Item, S::DublinCore, "language") => O::Field(F::Lang),
        _ => O::Other,
    })
}
