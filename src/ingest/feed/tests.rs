use jiff::Timestamp;
use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::ingest::{Entry, Format, content_id, parse, parse_feed};

const RSS2: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE rss [<!ENTITY pad "padpadpad">]>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/"
     xmlns:media="http://search.yahoo.com/mrss/">
  <channel>
    <title>Dock &amp; Harbour Post</title>
    <link>https://dockpost.example/</link>
    <atom:link href="https://dockpost.example/feed.rss" rel="self"/>
    <language>en-GB</language>
    <image><title>Logo</title><link>https://dockpost.example/logo</link></image>
    <item>
      <media:title>Picture of a ferry</media:title>
      <title><![CDATA[Harbour strike <b>enters</b> second week]]></title>
      <link>https://dockpost.example/strike?utm_source=rss&id=7</link>
      <guid isPermaLink="false">7</guid>
      <pubDate>Mon, 01 Dec 2025 08:30:00 +0100</pubDate>
      <description>&lt;p&gt;Not a headline&lt;/p&gt;</description>
    </item>
    <item>
      <title>Captain&amp;#8217;s log &pad; &eacute;</title>
      <guid>https://dockpost.example/log</guid>
      <dc:date>2025-12-02</dc:date>
      <source url="https://echo.example/rss">Island Echo</source>
    </item>
    <item>
      <link>https://dockpost.example/untitled</link>
    </item>
    <item><title> </title></item>
    <item>
      <title>Tide turns</title>
      <link>https://dockpost.example</link>
      <guid isPermaLink="false">tide-1</guid>
      <pubDate>some time ago</pubDate>
    </item>
  </channel>
</rss>"#;

fn feed(text: &str) -> Document {
    parse(Format::Feed, text.as_bytes(), &Rules::default()).unwrap()
}

fn entries(document: &Document) -> Vec<&Entry> {
    document.items.iter().filter_map(|item| item.result.as_ref().ok()).collect()
}

fn only(text: &str) -> Entry {
    entries(&feed(text))[0].clone()
}

fn refusal(bytes: &[u8]) -> DocumentError {
    parse(Format::Feed, bytes, &Rules::default()).unwrap_err()
}

#[test]
fn rss_2_gives_titles_addresses_times_publishers_and_language() {
    let document = feed(RSS2);
    let first = document.items[0].result.as_ref().unwrap();
    let wanted = Entry {
        id: None,
        text: "Harbour strike enters second week".to_owned(),
        time: Some("2025-12-01T07:30:00Z".parse().unwrap()),
        source: Some("Dock & Harbour Post".to_owned()),
        url: Some("https://dockpost.example/strike?utm_source=rss&id=7".to_owned()),
        lang: Some("en".to_owned()),
    };
    assert_eq!(first, &wanted);
    let second = document.items[1].result.as_ref().unwrap();
    assert_eq!(second.text, "Captain\u{2019}s log &pad; é");
    assert_eq!(second.url.as_deref(), Some("https://dockpost.example/log"));
    assert_eq!(second.source.as_deref(), Some("Island Echo"));
    assert_eq!(second.time, Some("2025-12-02T00:00:00Z".parse().unwrap()));
}

#[test]
fn items_without_a_title_are_rejected_with_the_line_they_begin_on() {
    let document = feed(RSS2);
    let rejected: Vec<_> = document
        .items
        .iter()
        .filter_map(|item| Some((item.line, item.number, item.result.as_ref().err()?.code())))
        .collect();
    assert_eq!(rejected, [(25, 3, "missing_title"), (28, 4, "empty_title")]);
}

#[test]
fn an_item_that_links_to_the_home_page_only_goes_by_its_identifier() {
    let document = feed(RSS2);
    let last = document.items[4].result.as_ref().unwrap();
    assert_eq!((last.url.as_deref(), last.time), (None, None));
    let id = last.id.clone().unwrap();
    let other = |from: &str, to: &str| entries(&feed(&RSS2.replace(from, to)))[2].id.clone().unwrap();
    assert_eq!(other("Tide turns", "Tide turns early"), id);
    assert_ne!(other("tide-1", "tide-2"), id);
    assert_ne!(other("Dock &amp; Harbour Post", "Another Post"), id);
}

#[test]
fn atom_takes_alternate_links_first_publication_and_the_feed_an_entry_came_from() {
    let document = feed(
        r#"<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr" xml:base="https://echo.example/news/">
  <title type="html">Island &lt;i&gt;Echo&lt;/i&gt;</title>
  <link rel="self" href="feed.atom"/><link href="https://echo.example/"/>
  <entry>
    <title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Ferries <em>idle</em><br/>again</div></title>
    <link rel="enclosure" href="a.mp3"/><link rel="alternate" href="ferries?a=1&amp;b=2"/>
    <id>tag:echo.example,2025:1</id>
    <published>2025-12-01T08:00:00+01:00</published><updated>2025-12-05T08:00:00Z</updated>
  </entry>
  <entry xml:lang="pt-BR">
    <title>Porto reabre</title><id>tag:echo.example,2025:2</id><updated>2025-12-06T08:00:00Z</updated>
    <source><title>Cape Times</title><id>x</id><link href="https://cape.example/"/></source>
  </entry>
</feed>"#,
    );
    let [first, second] = entries(&document)[..] else { panic!("{document:?}") };
    assert_eq!(first.text, "Ferries idle again");
    assert_eq!(first.url.as_deref(), Some("https://echo.example/news/ferries?a=1&b=2"));
    assert_eq!(first.source.as_deref(), Some("Island Echo"));
    assert_eq!(first.time, Some("2025-12-01T07:00:00Z".parse().unwrap()));
    assert_eq!((first.lang.as_deref(), second.lang.as_deref()), (Some("fr"), Some("pt")));
    assert_eq!(second.source.as_deref(), Some("Cape Times"));
    assert_eq!(second.time, Some("2025-12-06T08:00:00Z".parse().unwrap()));
    assert!(second.url.is_none() && second.id.is_some());
}

#[test]
fn rss_1_has_its_items_beside_the_channel() {
    let entry = only(
        r#"<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
    xmlns:dc="http://purl.org/dc/elements/1.1/">
  <channel rdf:about="x"><title>Cape Times</title><link>https://cape.example/</link></channel>
  <item rdf:about="y"><title>Dam holds</title><link>https://cape.example/dam</link>
    <dc:date>2025-12-01T08:00:00Z</dc:date><dc:language>en</dc:language></item>
</rdf:RDF>"#,
    );
    assert_eq!((entry.text.as_str(), entry.source.as_deref()), ("Dam holds", Some("Cape Times")));
    assert_eq!(entry.time, Some("2025-12-01T08:00:00Z".parse().unwrap()));
    assert_eq!(entry.lang.as_deref(), Some("en"));
}

#[test]
fn json_feed_items_are_good_or_bad_on_their_own() {
    let document = feed(
        r#"{"version":"https://jsonfeed.org/version/1.1","title":"Cape Times","language":"en-ZA",
 "home_page_url":"https://cape.example/","items":[
 {"id":1,"title":"Dam holds","url":"https://cape.example/dam","date_published":"2025-12-01T08:00:00Z"},
 {"id":"2","content_text":"a note"},
 {"id":"3","title":7},
 "text",
 {"id":"5","title":"Dam &amp; weir","external_url":"https://other.example/weir","language":"klingon"}]}"#,
    );
    let codes: Vec<_> = document
        .items
        .iter()
        .map(|item| (item.line, item.result.as_ref().map_or_else(Rejection::code, |_| "ok")))
        .collect();
    assert_eq!(codes, [(3, "ok"), (4, "missing_title"), (5, "invalid_json"), (6, "invalid_json"), (7, "ok")]);
    let [dam, weir] = entries(&document)[..] else { panic!() };
    assert_eq!((dam.lang.as_deref(), dam.source.as_deref()), (Some("en"), Some("Cape Times")));
    assert_eq!(weir.url.as_deref(), Some("https://other.example/weir"));
    assert_eq!((weir.text.as_str(), weir.lang.as_deref()), ("Dam & weir", None));
}

#[test]
fn a_feed_and_a_post_of_the_same_article_share_an_id() {
    let entry = feed(RSS2).items[0].result.clone().unwrap();
    let posted = r#"{"title":"Anything","url":"https://DOCKPOST.example/strike?id=7#top"}"#;
    let posted = parse(Format::Json, posted.as_bytes(), &Rules::default()).unwrap();
    let posted = posted.items[0].result.clone().unwrap();
    let at = Timestamp::UNIX_EPOCH;
    assert_eq!(content_id(&entry, at), content_id(&posted, at));
}

#[test]
fn a_subscription_renames_the_feed_but_not_the_publishers_of_single_items() {
    let subscription = Subscription { source: Some("Post".to_owned()), lang: Some("de".to_owned()) };
    let document = parse_feed(RSS2.as_bytes(), &Rules::default(), &subscription).unwrap();
    let [first, second, ..] = entries(&document)[..] else { panic!() };
    assert_eq!((first.source.as_deref(), first.lang.as_deref()), (Some("Post"), Some("de")));
    assert_eq!(second.source.as_deref(), Some("Island Echo"));
}

#[test]
fn declared_encodings_are_undone() {
    let text = "<?xml version='1.0' encoding = 'ISO-8859-1'?><rss><channel><item><title>Caf\u{E9} closes</title>\
                </item></channel></rss>";
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let document = parse(Format::Feed, &latin, &Rules::default()).unwrap();
    assert_eq!(entries(&document)[0].text, "Café closes");
    let claim = text.replace("ISO-8859-1", "UTF-16");
    assert_eq!(only(&claim).text, "Café closes");
}

#[rstest]
#[case(b"<rss><channel><item><title>a</item></channel></rss>", "invalid XML at line 1")]
#[case(b"<rss>\n<channel>\n<item>", "invalid XML at line 3: the document ends within an element")]
#[case(b"<!DOCTYPE html>\n<html><body>Not found</body></html>", "not <html>")]
#[case(b"<feed><entry/></feed>", "not <feed>")]
#[case(b"Not found", "not text")]
#[case(b"{\"items\":[]}", "not this JSON (missing field `version`)")]
#[case(b"{\"version\":\"1\"}", "not JSON of another kind")]
#[case(b"{\"version\":\n", "invalid JSON at line 2")]
#[case(b"<?xml version='1.0' encoding='ebcdic'?><rss/>", "encoding `ebcdic` is unknown")]
#[case(b"<rss><channel><title>\xFF</title></channel></rss>", "not valid UTF-8 (byte 21)")]
#[case(b" ", "no headlines")]
fn what_is_no_feed_is_told_as_what_it_is(#[case] bytes: &[u8], #[case] part: &str) {
    let message = refusal(bytes).to_string();
    assert!(message.contains(part), "{message}");
}

#[test]
fn a_feed_without_items_is_fine_and_one_with_too_many_is_not() {
    assert_eq!(feed("<rss><channel><title>Quiet</title></channel></rss>").items, []);
    let rules = Rules { items: 2, ..Rules::default() };
    assert_eq!(parse(Format::Feed, RSS2.as_bytes(), &rules), Err(DocumentError::TooManyItems { limit: 2 }));
}

proptest! {
    #[test]
    fn no_mutilation_of_a_feed_makes_the_parser_stop(cut in 0..RSS2.len(), at in 0..RSS2.len(), byte: u8) {
        let mut bytes = RSS2.as_bytes().to_vec();
        bytes[at] = byte;
        bytes.truncate(cut.max(1));
        let _ = parse(Format::Feed, &bytes, &Rules::default());
    }

    #[test]
    fn titles_come_through_escaping_unharmed(title in "[a-zA-Z0-9é&<>;#' ]{0,40}x") {
        let once = title.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let twice = once.replace('&', "&amp;");
        let entry = only(&format!("<rss><channel><item><title>{twice}</title></item></channel></rss>"));
        let wanted: Vec<&str> = title.split_whitespace().collect();
        prop_assert_eq!(entry.text, wanted.join(" "));
    }
}
